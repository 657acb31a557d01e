import { type Browser, puppeteer } from "../../../lib/deps/puppeteer.ts";

const path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => isThere(path));

/** Why there is no browser to test with, if so. */
export const noChromium: string | undefined = path === undefined
  ? "no Chromium; Debian's package chromium has it"
  : undefined;

/** Starts a browser without a window, which itself looks for nothing on the network. */
export async function startChromium(): Promise<Browser> {
  return await puppeteer.launch({
    executablePath: path!,
    headless: true,
    args: [
      // Tests may run as root, which Chromium's sandbox does not allow.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
