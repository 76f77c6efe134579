// Shows a document in its page: PDF by pdf.js (loaded only then), text as text, images as they are.
import { all, element, find, page, size } from './page.js';
import { mount } from './navigate.js';

const TEXT_MOST = 512 * 1024;

function instead(stage, words) {
  const save = find('[data-download]');
  stage.removeAttribute('aria-busy');
  stage.classList.add('centre');
  stage.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('h2', {}, 'No preview'), element('p', {}, words),
    save && element('a', { class: 'btn primary', href: save.href, download: save.download, 'hx-boost': 'false' }, 'Download')));
}

// Why the server does not give the bytes, in its own words: a scan may still be under way.
async function refusal(response) {
  const told = await response.json().catch(() => ({}));
  return Object.assign(new Error(told.detail ?? ''), { told: Boolean(told.detail) });
}

async function text(viewer, stage) {
  const response = await fetch(viewer.dataset.src, { credentials: 'same-origin' });
  if (!response.ok) throw await refusal(response);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let shown = '';
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) { shown += decoder.decode(); break; }
    read += value.length;
    shown += decoder.decode(value, { stream: true });
    if (read >= TEXT_MOST) { reader.cancel(); break; }
  }
  const rest = Number(viewer.dataset.size) - read;
  stage.replaceChildren(element('pre', { dir: 'auto' }, shown.replace(/^\uFEFF/, '')));
  if (rest > 0) stage.append(element('p', { class: 'muted' }, `The first ${size(read)} of ${size(Number(viewer.dataset.size))} are shown. Download the file to see the rest.`));
}

async function pdf(viewer, stage) {
  const { showPdf } = await import('./preview-pdf.js');
  await showPdf(viewer, stage);
}

mount((root) => {
  for (const viewer of all('[data-viewer]', root)) {
    const stage = find('[data-stage]', viewer);
    const show = { pdf, text }[viewer.dataset.viewer];
    if (show && stage) {
      show(viewer, stage).then(() => stage.removeAttribute('aria-busy'), (error) => {
        if (!stage.isConnected) return;
        instead(stage, error?.told ? error.message : error?.name === 'PasswordException' ? 'This PDF is locked with a password. Download it and open it with a PDF reader.' : 'The file could not be shown here. Its bytes are safe: download it to open it.');
      });
    }
    find('[data-image]', viewer)?.addEventListener('error', () => instead(stage, 'The picture could not be shown here. Its bytes are safe: download it to open it.'));
  }
});

// A document whose first version is still being checked opens by itself when that is done.
mount((root) => {
  if (!find('[data-poll]', root)) return;
  const timer = setInterval(async () => {
    if (!find('[data-poll]')) { clearInterval(timer); return; }
    if (document.hidden) return;
    const { refresh } = await import('./navigate.js');
    if (page().dataset.document) refresh().catch(() => {});
    clearInterval(timer);
  }, 4000);
});
