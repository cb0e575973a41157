/** The list of documents: write the gold files, find a document, move by keys. */
import { post, Unreachable } from './api.js';
import { counted } from './state.js';
import { make } from './render.js';
import { say, unwarn, warn } from './say.js';
import { wireShelf } from './shelf_filters.js';
import { watchLearning } from './learning.js';

const $ = (id) => document.getElementById(id);

/** @returns {HTMLAnchorElement[]} links that are shown */
function links() {
  return [...document.querySelectorAll('.shelf-row:not([hidden]) .shelf-name')];
}

/** Write the decisions to the gold files. */
async function write() {
  const button = $('write');
  button.disabled = true;
  try {
    const answer = await post('/api/write', {});
    $('pending-text').textContent = 'All decisions are in the gold files.';
    const list = $('written');
    list.replaceChildren(...answer.files.map((file) => {
      const item = make('li');
      const path = make('bdi', 'path', file);
      path.dir = 'auto';
      item.append(path);
      return item;
    }));
    list.hidden = !answer.files.length;
    say(`${counted(answer.decisions, 'decision')} written to ${counted(answer.files.length, 'file')}.`);
    if (answer.hand_edited) warn(`${counted(answer.hand_edited, 'decision')} not written: the gold file was edited by hand afterwards, and stands. fourp log has them.`);
  } catch (error) {
    button.disabled = false;
    warn(error instanceof Unreachable ? 'The server does not answer. Nothing was lost: try again.' : error.message);
  }
}

watchLearning();
$('write').addEventListener('click', write);
$('says-close').addEventListener('click', unwarn);
wireShelf();
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select')) return;
  const way = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way) return;
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && event.key.startsWith('Arrow')) return;
  event.preventDefault();
  all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + way))]?.focus();
});
