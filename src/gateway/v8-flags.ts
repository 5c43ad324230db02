import { setFlagsFromString } from 'node:v8';

/** In bytes of bytecode; V8's own value is 67,584 (v8/src/flags/flag-definitions.h). */
const INTERRUPT_BUDGET = 15_000;

/**
 * For the command line of a process that serves clients: it is too late for this one when the process runs. V8's young generation grows to three times
 * 16 MiB on a burst and never shrinks, although what a gateway allocates is dead after one request. With 2,000 connections that was half of the memory.
 */
export const GATEWAY_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];

/**
 * Lets V8 look sooner whether a function is worth optimising. It counts what has run, which suits a process that computes: a gateway that forwards a few
 * hundred large requests a second runs unoptimised for half a minute after its start, and each request costs three times as much until then (bench 02).
 */
export function optimiseEarly(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
