import type { RuntimeProgress } from '../../src/ports/runtime.ts';

/** For what is fetched or started where nobody watches. */
export const SILENT: RuntimeProgress = { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) };
