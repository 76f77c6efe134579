// Hands blobs to two digest workers and gives SHA-256 in hex.
import PQueue from 'p-queue';
import { worker } from '../page.js';

const LANES = 2;
const lanes = new PQueue({ concurrency: LANES });
const idle = [];
let made = 0;
let next = 0;

function take() {
  if (idle.length || made >= LANES) return idle.pop();
  made += 1;
  return new Worker(worker('digest-worker.js'), { type: 'module' });
}

function ask(blob, report, signal) {
  const lane = take();
  next += 1;
  const id = next;
  return new Promise((resolve, reject) => {
    const finish = (settle, value, keep = true) => {
      lane.removeEventListener('message', hear);
      lane.removeEventListener('error', broke);
      signal?.removeEventListener('abort', stop);
      if (keep) idle.push(lane);
      else { lane.terminate(); made -= 1; }
      settle(value);
    };
    const hear = ({ data }) => {
      if (data.id !== id) return;
      if (data.digest) finish(resolve, data.digest);
      else if (data.failed) finish(reject, new Error('The file could not be read. It may have been moved or changed since you chose it.'));
      else report?.(data.done);
    };
    const broke = () => finish(reject, new Error('The file could not be read by this browser.'), false);
    const stop = () => finish(reject, signal.reason, false);
    lane.addEventListener('message', hear);
    lane.addEventListener('error', broke);
    signal?.addEventListener('abort', stop);
    lane.postMessage({ id, blob });
  });
}

export const digest = (blob, { report, signal } = {}) => lanes.add(() => ask(blob, report, signal), { signal });
