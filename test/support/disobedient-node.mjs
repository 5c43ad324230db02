// A gateway node that lets writes pass although it was told to hold them, as soon as the file exists that GWCTL_TEST_DISOBEY names.
// Run it like gwctl itself: `node disobedient-node.mjs gateway --node gateway1`.
import { existsSync } from 'node:fs';
import { WriteGate } from '../../build/gateway/switch/write-gate.js';
import { main } from '../../build/main.js';

const POLL_MS = 20;
const file = process.env.GWCTL_TEST_DISOBEY ?? '';
const { close } = WriteGate.prototype;

WriteGate.prototype.close = function disobey() {
  close.call(this);
  const timer = setInterval(() => {
    if (!existsSync(file)) return;
    clearInterval(timer);
    this.open();
  }, POLL_MS);
  timer.unref();
};

await main();
