/** Which documents the list shows: by name, by what documents.csv says of them, by progress. */
import { counted } from './state.js';

const $ = (id) => document.getElementById(id);
const STATES = {
  open: (row) => Number(row.dataset.open) > 0,
  finished: (row) => row.classList.contains('is-finished'),
  unfinished: (row) => !row.classList.contains('is-finished'),
};

/** Show only the documents that fit, and how far one is with them. */
function filter() {
  const typed = ($('shelf-find')?.value || '').trim().toLocaleLowerCase();
  const choice = $('shelf-attribute')?.selectedOptions[0];
  const attribute = choice && choice.dataset.attribute;
  const inState = STATES[$('shelf-state').value];
  const rows = [...document.querySelectorAll('.shelf-row[data-open]')];
  for (const row of rows) {
    row.hidden = !(row.textContent.toLocaleLowerCase().includes(typed)
      && (!attribute || row.dataset[attribute] === choice.value) && (!inState || inState(row)));
  }
  for (const group of document.querySelectorAll('.shelf-group')) {
    const all = group.querySelectorAll('.shelf-row[data-open]');
    if (all.length) group.hidden = [...all].every((row) => row.hidden);
  }
  const shown = rows.filter((row) => !row.hidden);
  const sum = (name) => shown.reduce((total, row) => total + Number(row.dataset[name]), 0).toLocaleString('en-GB');
  $('shelf-shown').hidden = shown.length === rows.length;
  $('shelf-counts').textContent = `${shown.length.toLocaleString('en-GB')} of ${counted(rows.length, 'document')} shown: ${sum('open')} open, ${sum('decided')} decided.`;
  const alone = attribute && !typed && !inState && shown.length;
  $('shelf-queue').hidden = !alone;
  if (alone) $('shelf-queue').href = `/queue?${new URLSearchParams({ attribute, value: choice.value })}`;
}

/** Wire the filters of the list, where it has any. */
export function wireShelf() {
  if (!$('shelf-state')) return;
  $('shelf-find')?.addEventListener('input', filter);
  for (const id of ['shelf-attribute', 'shelf-state']) $(id)?.addEventListener('change', filter);
  filter(); // a browser may keep what was chosen before
}
