// PDF pages drawn as they come into view, with selectable text; far pages give their memory back.
import { AnnotationMode, GlobalWorkerOptions, TextLayer, getDocument } from 'pdfjs-dist';
import { element, find, page, worker } from './page.js';
import { on } from './actions.js';

const KEPT = 12;
const WHOLE = 16 * 1024 * 1024;
const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
let current = null;

// pdf.js asks for character maps, fonts and decoders by name; they are stored as base64 text.
class PackedData {
  constructor({ cMapUrl, standardFontDataUrl, wasmUrl }) { this.bases = { cMapUrl, standardFontDataUrl, wasmUrl }; }

  async fetch({ kind, filename }) {
    const response = await fetch(`${this.bases[kind]}${filename}.txt`);
    if (!response.ok) throw new Error(`${filename} is missing`);
    return Uint8Array.from(atob((await response.text()).trim()), (letter) => letter.charCodeAt(0));
  }
}

// Small files are read in one go. For large ones the storage's own short-lived address is used
// for ranges: asking ours again for each would write an audit entry every time.
async function source(url, octets) {
  const stop = new AbortController();
  const response = await fetch(url, { credentials: 'same-origin', signal: stop.signal });
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw Object.assign(new Error(told.detail ?? ''), { told: Boolean(told.detail) });
  }
  if (octets <= WHOLE) return { data: new Uint8Array(await response.arrayBuffer()) };
  const found = { url: response.url, withCredentials: false, rangeChunkSize: 1 << 18, disableAutoFetch: true };
  stop.abort();
  return found;
}

class Viewer {
  constructor(root, stage, pdf) {
    Object.assign(this, { root, stage, pdf, zoom: null, at: 1, drawn: new Map() });
    this.watch = new IntersectionObserver((changes) => this.#seen(changes), { root: stage, rootMargin: '600px 0px' });
  }

  async open() {
    const first = await this.pdf.getPage(1);
    this.natural = first.getViewport({ scale: 1 });
    this.pages = Array.from({ length: this.pdf.numPages }, (_, index) => element('div', { class: 'pdf-page', 'data-number': index + 1, 'data-waiting': true, role: 'group', 'aria-label': `Page ${index + 1} of ${this.pdf.numPages}` }));
    this.stage.replaceChildren(...this.pages);
    find('[data-page-count]', this.root).textContent = this.pdf.numPages;
    this.#lay();
    this.pages.forEach((each) => this.watch.observe(each));
    this.resize = new ResizeObserver(() => { if (this.zoom === null && Math.abs(this.stage.clientWidth - this.width) > 8) this.#lay(); });
    this.resize.observe(this.stage);
    this.scrolled = () => this.#follow();
    this.stage.addEventListener('scroll', this.scrolled, { passive: true });
  }

  close() {
    this.watch.disconnect();
    this.resize?.disconnect();
    this.stage.removeEventListener('scroll', this.scrolled);
    this.pdf.loadingTask.destroy();
  }

  get scale() {
    const room = this.stage.clientWidth - 2 * parseFloat(getComputedStyle(this.stage).paddingInlineStart);
    return this.zoom ?? Math.min(room / this.natural.width, 1.6);
  }

  #lay() {
    this.width = this.stage.clientWidth;
    const { at } = this;
    for (const each of this.pages) this.#fit(each, this.sizes?.[each.dataset.number] ?? this.natural);
    find('[data-zoom]', this.root).textContent = this.zoom ? `${Math.round(this.zoom * 100)} %` : 'Fit';
    for (const number of [...this.drawn.keys()]) this.#drop(number);
    this.watch.disconnect();
    this.pages.forEach((each) => this.watch.observe(each));
    this.go(at);
  }

  #fit(each, { width, height }) {
    each.style.width = `${Math.floor(width * this.scale)}px`;
    each.style.height = `${Math.floor(height * this.scale)}px`;
    each.style.setProperty('--total-scale-factor', this.scale);
  }

  #seen(changes) {
    for (const { target, isIntersecting } of changes) if (isIntersecting) this.#draw(Number(target.dataset.number)).catch(() => target.removeAttribute('data-waiting'));
  }

  async #draw(number) {
    if (this.drawn.has(number)) return;
    const place = this.pages[number - 1];
    const work = { cancelled: false };
    this.drawn.set(number, work);
    const sheet = await this.pdf.getPage(number);
    if (work.cancelled) return;
    (this.sizes ??= {})[number] = sheet.getViewport({ scale: 1 });
    this.#fit(place, this.sizes[number]);
    const viewport = sheet.getViewport({ scale: this.scale });
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const canvas = element('canvas', { width: Math.floor(viewport.width * ratio), height: Math.floor(viewport.height * ratio), 'aria-hidden': 'true' });
    work.task = sheet.render({ canvas, viewport, transform: ratio === 1 ? null : [ratio, 0, 0, ratio, 0, 0], annotationMode: AnnotationMode.ENABLE });
    await work.task.promise;
    if (work.cancelled) return;
    const layer = element('div', { class: 'text-layer', dir: 'ltr' });
    place.replaceChildren(canvas, layer);
    place.removeAttribute('data-waiting');
    await new TextLayer({ textContentSource: sheet.streamTextContent(), container: layer, viewport }).render();
    this.#spare(number);
  }

  #spare(near) {
    const far = [...this.drawn.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const number of far.slice(0, Math.max(0, far.length - KEPT))) this.#drop(number);
  }

  #drop(number) {
    const work = this.drawn.get(number);
    work.cancelled = true;
    work.task?.cancel();
    this.drawn.delete(number);
    this.pages[number - 1].replaceChildren();
    this.pages[number - 1].setAttribute('data-waiting', '');
  }

  #follow() {
    const line = this.stage.scrollTop + this.stage.clientHeight / 3;
    const found = this.pages.find((each) => each.offsetTop + each.offsetHeight > line) ?? this.pages.at(-1);
    this.at = Number(found.dataset.number);
    const field = find('[data-page-number]', this.root);
    if (field !== document.activeElement) field.value = this.at;
  }

  go(number) {
    const to = Math.min(this.pages.length, Math.max(1, number || 1));
    this.stage.scrollTo({ top: this.pages[to - 1].offsetTop - 8, behavior: 'instant' });
  }

  zoomBy(step) {
    const now = this.scale;
    const next = step > 0 ? STEPS.find((each) => each > now + 0.01) : STEPS.findLast((each) => each < now - 0.01);
    if (next) { this.zoom = next; this.#lay(); }
  }

  fit() { this.zoom = null; this.#lay(); }
}

export async function showPdf(root, stage) {
  current?.close();
  GlobalWorkerOptions.workerSrc = worker('pdf-worker.js');
  const pdf = await getDocument({
    ...await source(root.dataset.src, Number(root.dataset.size)),
    BinaryDataFactory: PackedData, useWorkerFetch: false, cMapPacked: true,
    cMapUrl: `${worker('pdf-cmaps')}/`, standardFontDataUrl: `${worker('pdf-fonts')}/`, wasmUrl: `${worker('pdf-wasm')}/`,
    // The system's fonts would come first, and then files by an address that the policy forbids.
    useSystemFonts: false, isEvalSupported: false, enableXfa: false, verbosity: 0,
  }).promise;
  current = new Viewer(root, stage, pdf);
  if (!stage.isConnected) { current.close(); return; }
  await current.open();
}

on('page-next', () => current?.go(current.at + 1));
on('page-previous', () => current?.go(current.at - 1));
on('zoom-in', () => current?.zoomBy(1));
on('zoom-out', () => current?.zoomBy(-1));
on('zoom-fit', () => current?.fit());
document.addEventListener('change', (event) => { if (event.target.matches?.('[data-page-number]')) current?.go(Number(event.target.value)); });
document.addEventListener('keydown', (event) => {
  if (!find('[data-viewer="pdf"]', page()) || event.target.matches('input, select, textarea')) return;
  const by = { PageDown: 1, PageUp: -1 }[event.key];
  if (by && event.target.closest('[data-stage]')) { event.preventDefault(); current?.go(current.at + by); }
});
