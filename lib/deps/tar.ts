/** Tar archives (a move to JSR's `@std/tar` changes this line). */
export { createTarDecoder, createTarPacker, packTar, unpackTar } from "npm:modern-tar@0.8.6";
