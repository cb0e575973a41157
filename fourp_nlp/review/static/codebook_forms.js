/** The forms that change the codebook: filled in, shown what they would do, and done. */
import { get, post, Unreachable } from './api.js';
import { counted } from './state.js';
import { make } from './render.js';
import { name } from './say.js';

const $ = (id) => document.getElementById(id);
const TITLES = {
  edit: 'Edit', add: 'Add a code', rename: 'Another id for', merge: 'Merge codes', split: 'Split', retire: 'Retire',
};
const TEXTS = [
  ['name', 'Name', 1, ''],
  ['short_definition', 'Short definition', 2, 'One line.'],
  ['full_definition', 'Full definition', 5, 'One or more paragraphs.'],
  ['when_to_use', 'When to use', 3, 'The passages to which the code applies.'],
];
let page = null;
let done = async () => {};
/** What is asked now: its kind, its code, and what returns its values. */
let now = { kind: '', code: null, read: () => ({}) };
let shown = null;
let opener = null;
let numbered = 0;

/** @param {string} tag @param {string} label @param {string} key @param {string} [help] @returns {HTMLElement} a field with its label */
function field(tag, label, key, help = '') {
  const box = make('div', 'field');
  const input = make(tag);
  input.id = `field-${numbered += 1}`;
  input.dataset.field = key;
  if (tag === 'input') input.type = 'text';
  if (tag !== 'select') input.dir = 'auto';
  input.autocomplete = 'off';
  const title = make('label', '', label);
  title.htmlFor = input.id;
  box.append(title);
  if (help) {
    const line = make('p', 'field-help', help);
    line.id = `${input.id}-help`;
    input.setAttribute('aria-describedby', line.id);
    box.append(line);
  }
  box.append(input);
  return box;
}

/** @param {HTMLElement} box @returns {HTMLInputElement} */
const inputOf = (box) => box.querySelector('[data-field]');

/** @param {HTMLSelectElement} select @param {[string, string][]} options value and label @param {string} chosen */
function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, label]) => {
    const option = make('option', '', label);
    option.value = value;
    return option;
  }));
  select.value = chosen;
}

/** @param {string} title @param {string} help @param {string} more @param {(value?:object) => HTMLElement} item @returns {{box:HTMLElement, list:HTMLElement}} */
function listField(title, help, more, item) {
  const box = make('fieldset', 'field');
  box.append(make('legend', '', title), make('p', 'field-help', help));
  const list = make('div');
  const add = make('button', 'quiet', more);
  add.type = 'button';
  add.addEventListener('click', () => {
    list.append(item());
    list.lastChild.querySelector('textarea').focus();
  });
  box.append(list, add);
  return { box, list };
}

/** @param {HTMLElement} item @param {string} label @returns {HTMLButtonElement} */
function remove(item, label) {
  const button = make('button', 'quiet', '×');
  button.type = 'button';
  button.setAttribute('aria-label', label);
  button.addEventListener('click', () => {
    const next = item.nextElementSibling || item.previousElementSibling || item.parentElement.nextElementSibling;
    item.remove();
    (next.querySelector ? next.querySelector('textarea') || next : next).focus();
  });
  return button;
}

/** @param {string} text @param {string} label @returns {HTMLTextAreaElement} */
function area(text, label) {
  const input = make('textarea');
  input.rows = 2;
  input.dir = 'auto';
  input.value = text;
  input.setAttribute('aria-label', label);
  return input;
}

/** @param {object|null} code the fields of a definition @returns {() => object} what returns their values */
function definitionFields(code) {
  const values = code ? {
    name: code.name, short_definition: code.short, full_definition: code.full, when_to_use: code.when,
  } : {};
  const boxes = TEXTS.map(([key, label, rows, help]) => {
    const box = field(rows > 1 ? 'textarea' : 'input', label, key, help);
    if (rows > 1) inputOf(box).rows = rows;
    inputOf(box).value = values[key] || '';
    return box;
  });
  const others = page.book.filter((one) => !code || one.id !== code.id);
  const cases = listField('When not to use', 'A neighbouring case, and the code that applies there.', 'Add a case', (value = { when: '', use: '' }) => {
    const item = make('div', 'item is-case');
    const select = make('select');
    select.setAttribute('aria-label', 'Code that applies there');
    options(select, [['', 'no other code'], ...others.map((one) => [one.id, one.name])], value.use);
    item.append(area(value.when, 'Case'), select, remove(item, 'Remove the case'));
    return item;
  });
  cases.list.append(...(code ? code.cases : []).map((each) => itemOf(cases, each)));
  const examples = listField('Examples', 'Passages to which the code applies.', 'Add an example', (value = '') => {
    const item = make('div', 'item');
    item.append(area(value, 'Example'), remove(item, 'Remove the example'));
    return item;
  });
  examples.list.append(...(code ? code.examples : []).map((each) => itemOf(examples, each)));
  $('change-fields').append(...boxes, cases.box, examples.box);
  cases.list.dataset.cases = 'true';
  return () => ({
    ...Object.fromEntries(boxes.map((box) => [inputOf(box).dataset.field, inputOf(box).value])),
    when_not_to_use: [...cases.list.children].map((item) => ({
      when: item.querySelector('textarea').value, use: item.querySelector('select').value,
    })),
    examples: [...examples.list.children].map((item) => item.querySelector('textarea').value),
  });
}

/** @param {{box:HTMLElement, list:HTMLElement}} one @param {object} value @returns {HTMLElement} */
function itemOf(one, value) {
  one.box.querySelector(':scope > button').click();
  const item = one.list.lastChild;
  const [input] = item.querySelectorAll('textarea');
  if (typeof value === 'string') input.value = value;
  else {
    input.value = value.when;
    item.querySelector('select').value = value.use;
  }
  return item;
}

/** @param {string} title @param {string} key @param {object[]} codes @param {Set<string>} ticked @returns {HTMLElement} */
function ticks(title, key, codes, ticked = new Set()) {
  const box = make('fieldset', 'field');
  box.dataset.field = key;
  box.append(make('legend', '', title));
  const list = make('div', 'ticks-list');
  for (const code of codes) {
    const label = make('label');
    const input = make('input');
    input.type = 'checkbox';
    input.value = code.id;
    input.checked = ticked.has(code.id);
    label.append(input, name(code.name));
    list.append(label);
  }
  box.append(list);
  return box;
}

/** @param {HTMLElement} box @returns {string[]} */
const ticked = (box) => [...box.querySelectorAll('input:checked')].map((input) => input.value);

const FORMS = {
  edit: (code) => {
    const read = definitionFields(code);
    return () => ({ code: code.id, values: read() });
  },
  add: () => {
    const theme = field('select', 'Theme', 'theme');
    options(inputOf(theme), page.themes.map((one) => [one.id, one.name]), page.themes.length ? page.themes[0].id : '');
    const id = field('input', 'Id', 'id', 'In lower case without spaces. Leave it empty, and it is made of the name.');
    if (page.themes.length) $('change-fields').append(theme);
    const read = definitionFields(null);
    $('change-fields').append(id);
    return () => ({ theme: page.themes.length ? inputOf(theme).value : '', values: { ...read(), id: inputOf(id).value } });
  },
  rename: (code) => {
    const id = field('input', 'New id', 'new', 'In lower case without spaces, such as water_and_taps. The name and the definition stay.');
    inputOf(id).value = code.id;
    $('change-fields').append(id);
    return () => ({ code: code.id, new: inputOf(id).value });
  },
  merge: (code) => {
    const codes = ticks('Codes that become one', 'codes', page.book, new Set(code ? [code.id] : []));
    const into = field('input', 'Id of the merged code', 'into', 'One of them, which keeps its definition; or a new id for the first of them.');
    inputOf(into).value = code ? code.id : '';
    $('change-fields').append(codes, into);
    return () => ({ codes: ticked(codes), into: inputOf(into).value });
  },
  retire: (code) => {
    $('change-fields').append(make('p', '', 'The code leaves the codebook. Its codings are kept in gold/retired, which nothing reads.'));
    return () => ({ code: code.id });
  },
  split: (code) => splitForm(code),
};

/** @param {object} code @returns {() => object} */
function splitForm(code) {
  const help = make('p', 'field-help', 'Add the new codes first, with their definitions. Then decide what each coding becomes: one of them, several, or none.');
  const into = ticks('Codes into which it is split', 'into', page.book);
  const keepBox = make('div', 'field');
  const keepLabel = make('label');
  const keep = make('input');
  keep.type = 'checkbox';
  keepLabel.append(keep, ' Keep the code in the codebook');
  keepBox.append(keepLabel);
  const rows = make('div');
  rows.textContent = 'Loading its codings…';
  $('change-fields').append(help, into, keepBox, rows);
  const decided = new Map();
  let codings = [];
  const draw = () => {
    const chosen = ticked(into);
    rows.replaceChildren(...codings.map((coding, k) => {
      const box = make('fieldset', 'split-row');
      box.dataset.field = `becomes.${k}`;
      const title = make('legend');
      title.append(name(coding.text));
      const where = make('p', 'field-help');
      where.append(name(coding.document), ', ', name(coding.coder), `, ${coding.file}`);
      const list = make('div', 'split-codes');
      for (const [value, label] of [...chosen.map((id) => [id, page.book.find((one) => one.id === id).name]), ['', 'none of them']]) {
        const line = make('label');
        const input = make('input');
        input.type = 'checkbox';
        const given = decided.get(k) || new Set();
        input.checked = given.has(value);
        input.addEventListener('change', () => {
          const set = decided.get(k) || new Set();
          if (input.checked) set.add(value);
          else set.delete(value);
          if (input.checked && value === '') set.forEach((each) => { if (each !== '') set.delete(each); });
          if (input.checked && value !== '') set.delete('');
          decided.set(k, set);
          for (const other of list.querySelectorAll('input')) other.checked = set.has(other.value);
        });
        input.value = value;
        line.append(input, name(label));
        list.append(line);
      }
      box.append(title, where, list);
      return box;
    }));
    if (!codings.length) rows.textContent = 'Nobody gave this code: it can be split at once.';
  };
  into.addEventListener('change', draw);
  get('/api/codebook/split', { code: code.id }).then((answer) => {
    codings = answer.codings;
    draw();
  }).catch((error) => { rows.textContent = ''; fault(error); });
  return () => ({
    code: code.id,
    into: ticked(into),
    keep: keep.checked,
    becomes: codings.map((coding, k) => [coding, decided.get(k)])
      .filter(([, given]) => given && given.size)
      .map(([{ file, document: of, start, end, coder }, given]) => ({
        file, document: of, start, end, coder, becomes: [...given].filter(Boolean),
      })),
  });
}

/** Take all sentences on faults away. */
function noFaults() {
  for (const id of ['change-fault', 'preview-fault']) $(id).hidden = true;
  for (const line of $('change-fields').querySelectorAll('.field-fault')) line.remove();
  for (const input of $('change-fields').querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

/** @param {string} key @returns {HTMLElement|null} where a part is filled in */
function inputFor(key) {
  const of = /^when_not_to_use\.(\d+)(\.use)?$/.exec(key);
  if (!of) return $('change-fields').querySelector(`[data-field="${key}"]`);
  const item = $('change-fields').querySelector('[data-cases]').children[Number(of[1])];
  return item && item.querySelector(of[2] ? 'select' : 'textarea');
}

/** @param {Error} error show a fault at its field; what was typed stays */
function fault(error) {
  const fields = (error.body && error.body.fields) || {};
  let first = null;
  let rest = Object.keys(fields).length ? '' : error.message;
  if (error instanceof Unreachable) rest = 'The server does not answer. Nothing was changed: try again.';
  for (const [key, text] of Object.entries(fields)) {
    const input = inputFor(key);
    if (!input) {
      rest += `${rest ? ' ' : ''}${text}`;
      continue;
    }
    const line = make('p', 'field-fault', text);
    line.id = `fault-${numbered += 1}`;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', line.id);
    (input.closest('.item') || input.closest('.field')).append(line);
    first = first || input;
  }
  const lone = { rename: 'new', merge: 'into' }[now.kind];
  if (rest && lone && !$('change-form').hidden) {
    first = inputFor(lone);
    first.setAttribute('aria-invalid', 'true');
    first.setAttribute('aria-describedby', 'change-fault');
  }
  const box = $('change-form').hidden ? $('preview-fault') : $('change-fault');
  box.hidden = !rest;
  box.textContent = rest;
  if (first) first.focus();
}

/** @param {string} step "form" or "preview" */
function showStep(step) {
  $('change-form').hidden = step !== 'form';
  $('change-preview').hidden = step !== 'preview';
}

/** @param {object} plan */
function drawPreview(plan) {
  shown = plan;
  const lines = [
    ...plan.rows.map((one) => `${counted(one.count, 'row')} of ${one.file}`),
    ...(plan.decisions ? [counted(plan.decisions, 'decision')] : []),
    ...(plan.draws ? [counted(plan.draws, 'draw')] : []),
    ...plan.files.map((one) => `${one.how}: ${one.file}`),
    ...plan.notes,
  ];
  $('preview-title').textContent = `What would change: ${plan.what}`;
  $('preview-list').replaceChildren(...lines.map((line) => make('li', '', line)));
  const waits = plan.pending.length > 0;
  $('preview-pending').hidden = !waits;
  $('preview-pending').textContent = waits
    ? `Decisions of ${plan.pending.join(', ')} in this page are not in the gold files yet. They are written first.` : '';
  $('preview-do').textContent = waits ? 'Write the decisions, and do it' : 'Do it';
  showStep('preview');
  $('preview-title').focus();
}

/** @param {object} more @returns {object} what is asked for */
const asked = (more = {}) => ({ kind: now.kind, ...now.read(), ...more });

/** @param {Event} event show what would change */
async function preview(event) {
  event.preventDefault();
  noFaults();
  $('change-show').disabled = true;
  try {
    drawPreview(await post('/api/codebook/preview', asked()));
  } catch (error) {
    fault(error);
  }
  $('change-show').disabled = false;
}

/** Do what was shown. */
async function change() {
  noFaults();
  $('preview-do').disabled = true;
  try {
    const answer = await post('/api/codebook/change', asked({ mark: shown.mark, write_decisions: shown.pending.length > 0 }));
    $('change').close();
    now = { kind: '', code: null, read: () => ({}) };
    await done(answer);
  } catch (error) {
    if (error.status === 409) await post('/api/codebook/preview', asked()).then(drawPreview).catch(() => showStep('form'));
    fault(error);
  }
  $('preview-do').disabled = false;
}

/**
 * Open the form of a change.
 * @param {'edit'|'add'|'rename'|'merge'|'split'|'retire'} kind
 * @param {object|null} code
 */
export function openChange(kind, code) {
  opener = document.activeElement;
  const same = now.kind === kind && (now.code && now.code.id) === (code && code.id);
  if (!same) {
    $('change-fields').replaceChildren();
    now = { kind, code, read: () => ({}) };
    const title = $('change-title');
    title.textContent = TITLES[kind];
    if (code && kind !== 'merge') title.append(' ', name(code.name));
    now.read = FORMS[kind](code);
  }
  noFaults();
  showStep('form');
  if (!$('change').open) $('change').showModal();
  const first = $('change-fields').querySelector('input, textarea, select');
  (first || $('change-title')).focus();
}

/** @returns {boolean} whether a form is filled in that was not sent */
function typed() {
  return Boolean(now.kind) && $('change').open;
}

/**
 * @param {object} book what the page knows
 * @param {(answer:object) => Promise<void>} after called when a change was made
 */
export function wireChanges(book, after) {
  page = book;
  done = after;
  $('change-form').addEventListener('submit', preview);
  $('change-cancel').addEventListener('click', () => {
    now = { kind: '', code: null, read: () => ({}) };
    $('change').close();
  });
  $('preview-back').addEventListener('click', () => { noFaults(); showStep('form'); $('change-show').focus(); });
  $('preview-do').addEventListener('click', change);
  // Esc closes the form; what was typed is there when it is opened again.
  $('change').addEventListener('close', () => { if (opener && opener.isConnected) opener.focus(); });
  window.addEventListener('beforeunload', (event) => {
    if (typed()) { event.preventDefault(); event.returnValue = ''; }
  });
}
