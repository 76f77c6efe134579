// One file's way in: read its SHA-256, begin, send, complete, wait until it is verified.
import PQueue from 'p-queue';
import { get, post, remove } from '../http.js';
import { digest } from './digests.js';
import { mediaType } from '../words.js';
import { versionBegun } from './unfinished.js';
import { LinkExpired, transfer } from './transfer.js';

const WHOLE_MAX = 5 * 1024 ** 3;
const POLL = 1500;
const POLL_MAX = 15_000;
export const files = new PQueue({ concurrency: 4 });

const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

let count = 0;

// States: waiting, reading, sending, checking, asking (the name is taken), failed, done, cancelled.
export class Upload extends EventTarget {
  // target: {node} resolves to {id, name} of the folder, or {document, name, etag} for a version
  constructor(file, target, { name = file.name, place = '' } = {}) {
    super();
    count += 1;
    Object.assign(this, { id: count, file, target, name, place, state: 'waiting', done: 0, words: 'Waiting', twins: [], document: null, taken: null });
    this.stop = new AbortController();
  }

  get size() { return this.file.size; }
  get over() { return this.state === 'done' || this.state === 'cancelled'; }
  get share() { return this.over ? 1 : { waiting: 0, reading: 0, asking: 0 }[this.state] ?? (this.size ? this.done / this.size : 0); }

  change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event('change'));
  }

  start() {
    this.stop = new AbortController();
    this.change({ state: 'waiting', words: 'Waiting', done: 0 });
    const { signal } = this.stop;
    files.add(() => this.#run(signal), { signal }).catch((error) => {
      if (signal.aborted) return;
      if (error.slug === 'name-taken') this.change({ state: 'asking', taken: error.facts, words: `“${this.name}” is in this folder already.` });
      else this.change({ state: 'failed', words: error.message });
    });
  }

  cancel() {
    this.stop.abort(new DOMException('Cancelled', 'AbortError'));
    const begun = this.version !== undefined && !this.over;
    this.change({ state: 'cancelled', words: 'Cancelled' });
    // The name comes free at once; where this does not arrive, the sweep frees it within a day.
    if (begun) remove(`/v1/documents/${this.document.id}/versions/${this.version}/upload`, { retries: 3 }).catch(() => {});
  }

  async #run(signal) {
    this.node ??= this.target.node ? await this.target.node() : null;
    this.change({ state: 'reading', words: 'Reading the file' });
    this.sha256 ??= await digest(this.file, { signal, report: (read) => this.change({ words: `Reading the file, ${Math.floor((100 * read) / this.size)} %` }) });
    this.change({ words: 'Starting' });
    const begun = await this.#begin(signal);
    this.document = begun.document;
    this.version = begun.version.number;
    this.change({ twins: begun.duplicates ?? [], state: 'sending', words: 'Sending' });
    if (begun.upload) await this.#send(begun.upload, signal);
    this.change({ state: 'checking', words: 'Being checked', done: this.size });
    await this.#complete(signal);
    if (this.target.document) versionBegun(this.target.document, this.sha256, null);
    this.change({ state: 'done', words: 'Done' });
  }

  async #begin(signal) {
    const declared = { size: this.size, sha256: this.sha256, content_type: mediaType(this.file.type) };
    if (this.target.document) {
      return { document: { id: this.target.document, name: this.target.name }, duplicates: [], ...await this.#beginVersion(declared, signal) };
    }
    return (await post('/v1/documents', { ...declared, node_id: this.node.id, name: this.name }, { ...this.#calm(signal), repeatable: true })).data;
  }

  // A new version reserves no name by which the server could tell that it goes on: this tab does.
  async #beginVersion(declared, signal) {
    const versions = `/v1/documents/${this.target.document}/versions`;
    const number = versionBegun(this.target.document, this.sha256);
    if (number) {
      const upload = await get(`${versions}/${number}/upload`, { signal }).then(({ data }) => data, () => null);
      if (upload) return { version: { number, state: 'pending' }, upload: upload.upload ?? upload };
    }
    const { data } = await post(versions, { ...declared, name: this.file.name }, this.#calm(signal));
    versionBegun(this.target.document, this.sha256, data.version.number);
    return data;
  }

  get #version() { return `/v1/documents/${this.document.id}/versions/${this.version}`; }

  async #send(upload, signal) {
    let requests = upload;
    for (let attempt = 0; ; attempt += 1) {
      try {
        await (requests.parts ? this.#sendParts(requests.parts, signal) : this.#sendWhole(requests.single, signal));
        return;
      } catch (error) {
        if (!(error instanceof LinkExpired) || attempt >= 3) throw error;
        requests = (await get(`${this.#version}/upload`, { signal })).data;
        requests = requests.upload ?? requests;
      }
    }
  }

  #calm(signal) { return { signal, waiting: () => this.#waiting() }; }

  #waiting() { this.change({ words: navigator.onLine ? 'The connection was lost; trying again' : 'Waiting for the connection' }); }

  async #sendWhole(request, signal) {
    if (!request || request.arrived) return;
    await transfer(request, this.file, { signal, waiting: () => this.#waiting(), report: (sent) => this.change({ done: sent, words: 'Sending' }) });
  }

  async #sendParts(parts, signal) {
    const offsets = parts.reduce((list, part) => [...list, list.at(-1) + part.size], [0]);
    const sent = parts.map((part) => (part.arrived ? part.size : 0));
    const tell = () => this.change({ done: sent.reduce((sum, bytes) => sum + bytes, 0), words: 'Sending' });
    tell();
    // Two at a time: parts that are whole survive a reload, half a dozen halves would not.
    const ahead = new PQueue({ concurrency: 2 });
    const all = new AbortController();
    const both = AbortSignal.any([signal, all.signal]);
    await Promise.all(parts.map((part, index) => (part.arrived ? null : ahead.add(() => transfer(part, this.file.slice(offsets[index], offsets[index] + part.size), {
      signal: both, waiting: () => this.#waiting(), report: (bytes) => { sent[index] = bytes; tell(); },
    }), { signal: both })))).catch((error) => { all.abort(error); throw error; });
  }

  async #partDigests(signal) {
    const { data } = await get(`${this.#version}/upload`, { signal });
    const parts = (data.upload ?? data).parts ?? [];
    let at = 0;
    const blobs = parts.map((part) => { at += part.size; return this.file.slice(at - part.size, at); });
    return Promise.all(parts.map(async (part, index) => ({ number: part.number, sha256: await digest(blobs[index], { signal }) })));
  }

  async #complete(signal) {
    const parts = this.size > WHOLE_MAX ? { parts: await this.#partDigests(signal) } : {};
    let { status, data } = await post(`${this.#version}/complete`, parts, { ...this.#calm(signal), repeatable: true });
    for (let wait = POLL; status === 202 || ['pending', 'verifying'].includes((data.version ?? data).state); wait = Math.min(POLL_MAX, wait * 1.3)) {
      await pause(wait, signal);
      ({ data } = await get(this.#version, this.#calm(signal)));
      status = 200;
    }
    const version = data.version ?? data;
    if (['rejected', 'abandoned'].includes(version.state)) throw new Error(version.problem || 'The bytes that arrived are not those of the file. Nothing was kept; try again.');
  }
}
