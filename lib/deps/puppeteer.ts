/** puppeteer, which drives a Chromium that is there; only tests use it. */
export { default as puppeteer } from "npm:puppeteer-core@25.16.0";
export type { Browser, Page } from "npm:puppeteer-core@25.16.0";
