// Reading a folder's subfolders, a page at a time, and remembering them for a short while.
import { get } from './http.js';

const KEPT = 30_000;
const known = new Map();

// -> {folders: [{id, name, permissions}], more: bool}; at most `most` of them.
export async function subfolders(id, most = 200) {
  const kept = known.get(id);
  if (kept && Date.now() - kept.at < KEPT) return kept.value;
  const { data } = await get(`/v1/nodes/${id}/children?kind=node&limit=${most}`);
  const value = { folders: data.items, more: Boolean(data.next_cursor) };
  known.set(id, { at: Date.now(), value });
  return value;
}

export const forget = () => known.clear();
