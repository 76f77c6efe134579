// Sends bytes by presigned requests, exactly as the server signed them, with progress. XHR,
// because fetch tells nothing of an upload's progress.
import PQueue from 'p-queue';
import pRetry, { AbortError } from 'p-retry';
import { online } from '../http.js';

// Browsers open six connections to a host; one stays free for everything else.
const wires = new PQueue({ concurrency: 5 });
const STALLED = 60_000;

export class LinkExpired extends Error {}

function send(request, blob, { report, signal }) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let watchdog;
    const alive = () => { clearTimeout(watchdog); watchdog = setTimeout(() => { xhr.abort(); reject(new Error('The connection stood still.')); }, STALLED); };
    const stop = () => { xhr.abort(); reject(signal.reason); };
    const finish = () => { clearTimeout(watchdog); signal?.removeEventListener('abort', stop); };
    xhr.open(request.method, request.url);
    for (const [name, value] of Object.entries(request.headers ?? {})) if (name.toLowerCase() !== 'host' && name.toLowerCase() !== 'content-length') xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener('progress', (event) => { alive(); report?.(event.loaded); });
    xhr.addEventListener('load', () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve();
      else if (xhr.status === 403) reject(new LinkExpired('The upload link has run out.'));
      else if (xhr.status === 400) reject(new Error('The bytes were damaged on the way, or the file changed while it was sent.'));
      else reject(new Error(`The storage answered ${xhr.status}.`));
    });
    xhr.addEventListener('error', () => reject(new Error('The connection was lost.')));
    xhr.addEventListener('loadend', finish);
    signal?.addEventListener('abort', stop);
    alive();
    xhr.send(blob);
  });
}

// -> resolves when the storage has the bytes. LinkExpired is not retried: ask for a fresh request.
export function transfer(request, blob, { report, waiting, signal } = {}) {
  return wires.add(() => pRetry(async () => {
    try {
      await send(request, blob, { report, signal });
    } catch (error) {
      throw error instanceof LinkExpired ? new AbortError(error) : error;
    }
  }, {
    retries: 5, minTimeout: 1000, maxTimeout: 20_000, randomize: true, signal,
    onFailedAttempt: async () => { report?.(0); waiting?.(); await online(signal); },
  }), { signal });
}
