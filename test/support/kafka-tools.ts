import { join } from 'node:path';
import { execa } from 'execa';
import type { TestEnvironment } from './environment.ts';

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly string[];
}

const TIMEOUT_MS = 60_000;

/** One of Kafka's own command line tools, as `gwctl up` put it into the environment. Never rejects. */
export async function runTool({ dir }: TestEnvironment, tool: string, args: readonly string[], input = ''): Promise<ToolResult> {
  const { exitCode, stdout, stderr, timedOut } = await execa(join(dir, 'bin', tool), [...args], { input, reject: false, timeout: TIMEOUT_MS });
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  return { exitCode: timedOut ? -1 : (exitCode ?? -1), stdout, stderr, lines };
}
