// Calls to the JSON API: cookie and CSRF token, If-Match, retries that repeat nothing, and
// problems (RFC 9457) as errors whose message is a sentence for the person.
import pRetry, { AbortError } from 'p-retry';
import { csrf, key, url } from './page.js';

const RETRIED = new Set([429, 502, 503, 504]);

export class Problem extends Error {
  constructor(status, body, retryAfter = 0) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.facts = body;
    this.slug = String(body.type ?? '').split(':').pop();
    this.retryAfter = retryAfter;
  }
}

export class Offline extends Error {
  constructor() { super('The server could not be reached. Check your connection.'); }
}

// Resolves at once when there is a network, else when there is one again.
export const online = (signal) => new Promise((resolve, reject) => {
  if (navigator.onLine) { resolve(); return; }
  window.addEventListener('online', () => resolve(), { once: true });
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
});

async function once(method, path, { body, etag, signal, headers }) {
  let response;
  try {
    response = await fetch(path.startsWith('/') ? url(path) : path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(method === 'GET' ? {} : { 'X-CSRF-Token': csrf() }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(etag ? { 'If-Match': etag } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw error.name === 'AbortError' ? new AbortError(error) : new Offline();
  }
  const type = response.headers.get('Content-Type') ?? '';
  const data = type.includes('json') ? await response.json() : null;
  if (response.ok) return { status: response.status, data, etag: response.headers.get('ETag') };
  if (response.status === 401) location.assign(url(`/sign-in?next=${encodeURIComponent(location.pathname.slice(url('').length))}`));
  const problem = new Problem(response.status, data ?? {}, Number(response.headers.get('Retry-After')));
  throw RETRIED.has(response.status) ? problem : new AbortError(problem);
}

// A POST carries one Idempotency-Key through all its attempts, so that a lost answer is not a
// second folder; `repeatable` ones are safe without, and their answers too large to remember.
// options: {body, etag, signal, retries, repeatable, waiting}
export function call(method, path, options = {}) {
  const headers = method === 'POST' && !options.repeatable ? { 'Idempotency-Key': key() } : {};
  const pause = (error) => Math.min(10_000, (error.retryAfter || 0) * 1000);
  return pRetry(() => once(method, path, { ...options, headers }), {
    retries: options.retries ?? (method === 'GET' || method === 'POST' ? 3 : 1),
    minTimeout: 500,
    maxTimeout: 8000,
    randomize: true,
    signal: options.signal,
    onFailedAttempt: async ({ error }) => {
      options.waiting?.();
      if (error instanceof Offline) await online(options.signal);
      await new Promise((resolve) => { setTimeout(resolve, pause(error)); });
    },
  });
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body = {}, options = {}) => call('POST', path, { ...options, body });
export const put = (path, body, options = {}) => call('PUT', path, { ...options, body });
export const patch = (path, body, options = {}) => call('PATCH', path, { ...options, body });
export const remove = (path, options) => call('DELETE', path, options);
