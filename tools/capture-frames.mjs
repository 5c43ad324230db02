// Writes test/wire/captured-frames.txt: what real clients and a real broker say to each other, through a TCP tap of ours. Needs what the
// client matrix needs (it fetches the clients' libraries into the cache) and takes some minutes.
//
//   node tools/capture-frames.mjs
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./capture-frames/capture-frames.ts', import.meta.url)));
await module.captureFrames(fileURLToPath(new URL('../test/wire/captured-frames.txt', import.meta.url)), (line) => console.log(line));
