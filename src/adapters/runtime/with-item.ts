import type { RuntimeProgress } from '../../ports/runtime.ts';

/** A progress item that ends with the text that `work` returns, or is marked as failed. */
export async function withItem({ options }: { readonly options: { readonly progress: RuntimeProgress } }, label: string, work: (item: { note(text: string): void }) => Promise<string>): Promise<void> {
  const item = options.progress.start(label);
  try {
    item.done(await work(item));
  } catch (reason) {
    item.fail(reason instanceof Error ? (reason.message.split('\n')[0] ?? '') : String(reason));
    throw reason;
  }
}
