// SHA-256 of a file, off the page's thread, a slice at a time: memory stays flat at any size.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const SLICE = 4 * 1024 * 1024;
const SMALL = 32 * 1024 * 1024;

async function digest(blob, report) {
  // The browser's own is several times faster, but takes only whole buffers, on secure origins.
  if (blob.size <= SMALL && self.crypto?.subtle) {
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())));
  }
  const hash = sha256.create();
  for (let at = 0; at < blob.size; at += SLICE) {
    hash.update(new Uint8Array(await blob.slice(at, at + SLICE).arrayBuffer()));
    report(Math.min(at + SLICE, blob.size));
  }
  return bytesToHex(hash.digest());
}

self.addEventListener('message', async ({ data: { id, blob } }) => {
  try {
    self.postMessage({ id, digest: await digest(blob, (done) => self.postMessage({ id, done })) });
  } catch {
    self.postMessage({ id, failed: true });
  }
});
