// Creates the folders of a dropped tree, each once, and finds those that are there already.
import { post } from '../http.js';

const pending = new Map();

async function make(parent, name) {
  try {
    const { data } = await post('/v1/nodes', { parent_id: parent.id, name });
    return { id: data.id, name };
  } catch (error) {
    const { existing_kind: kind, existing_id: id } = error.facts ?? {};
    if (error.slug === 'name-taken' && id && kind === 'node') return { id, name };
    throw error;
  }
}

// base: {id, name}; path: names from there, outermost first. -> a promise of the innermost folder
export function folderAt(base, path) {
  if (!path.length) return Promise.resolve(base);
  const key = JSON.stringify([base.id, ...path]);
  if (!pending.has(key)) {
    const made = folderAt(base, path.slice(0, -1)).then((parent) => make(parent, path.at(-1)));
    made.catch(() => pending.delete(key));
    pending.set(key, made);
    setTimeout(() => pending.delete(key), 60_000);
  }
  return pending.get(key);
}
