// Builds the portal's static files into chalicelib/web/static/, which ships in the zip.
//
// Every file is text (binary ones become base64 in .txt): API Gateway sends binary bodies back
// only to clients whose Accept header lists the type, and browsers ask for scripts with */*.
// It compresses text itself (minimum_compression_size), so nothing is compressed here.
// Every name carries a hash of its content, so a browser may keep it for ever; manifest.json
// maps the plain names to those.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = process.env.PAPERTRAIL_STATIC ?? path.join(here, '../../chalicelib/web/static');
const modules = path.join(here, 'node_modules');
const manifest = {};

const ICONS = (await readFile(path.join(here, 'icons.txt'), 'utf8')).split(/\s+/).filter(Boolean);

const digest = (content) => createHash('sha256').update(content).digest('hex').slice(0, 10);

async function put(name, content) {
  const { dir, name: stem, ext } = path.parse(name);
  const hashed = path.posix.join(dir, `${stem}-${digest(content)}${ext}`);
  await mkdir(path.join(out, dir), { recursive: true });
  await writeFile(path.join(out, hashed), content);
  manifest[name] = hashed;
}

async function sprite() {
  const symbols = await Promise.all(ICONS.map(async (icon) => {
    const svg = await readFile(path.join(modules, 'lucide-static/icons', `${icon}.svg`), 'utf8');
    const drawing = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${icon}" viewBox="0 0 24 24">${drawing.replace(/\s+/g, ' ').trim()}</symbol>`;
  }));
  await put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`);
}

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { main: 'js/main.js', 'digest-worker': 'js/uploads/digest-worker.js', portal: 'css/portal.css' },
    outdir: out, bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022',
    entryNames: '[name]-[hash]', chunkNames: 'part-[hash]', metafile: true, logLevel: 'warning',
    legalComments: 'linked', loader: { '.woff2': 'dataurl' },
  });
  for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    const name = path.basename(file);
    if (entryPoint && !name.startsWith('part-')) manifest[name.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, '')] = name;
  }
}

// The folder's hash covers all its files, so that one URL prefix names them all.
async function packed(name, folder, wanted) {
  const files = (await readdir(folder)).filter((file) => wanted.test(file)).sort();
  const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'base64')));
  const target = `${name}-${digest(files.join() + contents.join())}`;
  await mkdir(path.join(out, target), { recursive: true });
  await Promise.all(files.map((file, i) => writeFile(path.join(out, target, `${file}.txt`), contents[i])));
  manifest[name] = target;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await bundle();
await sprite();
await put('favicon.svg', await readFile(path.join(here, 'favicon.svg')));
const pdfjs = path.join(modules, 'pdfjs-dist');
await put('pdf-worker.js', await readFile(path.join(pdfjs, 'build/pdf.worker.min.mjs')));
await packed('pdf-cmaps', path.join(pdfjs, 'cmaps'), /\.bcmap$/);
await packed('pdf-fonts', path.join(pdfjs, 'standard_fonts'), /\.(pfb|ttf)$/);
await packed('pdf-wasm', path.join(pdfjs, 'wasm'), /\.wasm$/);
await writeFile(path.join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
