/** Tables of results: numbers that can be clicked, reached by the arrow keys. */
import { make } from './render.js';
import { name } from './say.js';

const HEAT = 5; // steps of colour

/** @param {string} className @param {string} label what the region is @param {HTMLElement} table @returns {HTMLElement} */
export function scrolled(className, label, table) {
  const region = make('div', `results-scroll ${className}`);
  region.tabIndex = 0;
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', label);
  region.append(table);
  return region;
}

/** @param {string|Node} content @param {string} [scope] @param {string} [className] @returns {HTMLElement} */
export function head(content, scope = 'col', className = '') {
  const cell = make('th', className);
  cell.scope = scope;
  cell.append(content);
  return cell;
}

/**
 * @param {string} text
 * @param {object|null} target what is asked for when it is clicked; null for a number with nothing behind it
 * @param {string} label said before the number
 * @returns {HTMLElement}
 */
export function number(text, target, label) {
  const cell = make('td');
  if (!target) {
    cell.textContent = text;
    return cell;
  }
  const button = make('button', 'number', text);
  button.type = 'button';
  button.tabIndex = -1;
  button.dataset.cell = JSON.stringify(target);
  button.setAttribute('aria-label', `${label}: ${text}`);
  cell.append(button);
  return cell;
}

/** @param {HTMLElement} cell @param {number} value @param {number} top the highest value of the table */
function heat(cell, value, top) {
  if (value > 0) cell.classList.add(`heat-${Math.max(1, Math.ceil((value / top) * HEAT))}`);
}

/** @param {HTMLElement} cell @param {string} text a second, smaller line */
export function below(cell, text) {
  if (text) cell.append(make('small', '', text));
}

/**
 * @param {object} answer a table of counts
 * @param {Map<number, object>} codes
 * @returns {HTMLElement} codes down, places across
 */
export function drawCounts(answer, codes) {
  const table = make('table', 'results-table counts');
  const top = Math.max(1, ...answer.rows.map((row) => Math.max(0, ...row.counts)));
  const heads = make('tr');
  heads.append(head('Code'));
  for (const column of answer.columns) {
    const cell = head(name(column.id || (answer.by === 'group' ? 'no group' : '')));
    if (column.group) below(cell, column.group);
    if (column.read) below(cell, `read ${column.read[0]} of ${column.read[1]}`);
    if (column.left_out) below(cell, `${column.left_out} in your draw`);
    heads.append(cell);
  }
  heads.append(head('Total', 'col', 'total'));
  const body = make('tbody');
  let theme = null;
  for (const row of answer.rows) {
    const code = codes.get(row.code);
    const line = make('tr');
    if (code.theme !== theme) line.classList.add('is-new-theme');
    theme = code.theme;
    const label = head('', 'row');
    const sign = make('span', `swatch hue-${Number(code.hue) % 12}`);
    sign.setAttribute('aria-hidden', 'true');
    label.append(sign, name(code.name));
    line.append(label);
    const cellOf = (count, place, where) => number(
      count.toLocaleString('en-GB'),
      count ? [['kind', 'frequency'], ['coder', answer.coder], ['code', code.id], ['by', answer.by], ['unit', answer.unit], ...place] : null,
      `${code.name}, ${where}`,
    );
    row.counts.forEach((count, k) => {
      const { id } = answer.columns[k];
      const cell = cellOf(count, [['place', id]], id || 'no group');
      heat(cell, count, top);
      line.append(cell);
    });
    const total = cellOf(row.total, [], 'total');
    total.classList.add('total');
    line.append(total);
    body.append(line);
  }
  const totals = make('tr', 'total');
  totals.append(head('Total', 'row'), ...[...answer.totals, answer.total].map((count) => make('td', '', count.toLocaleString('en-GB'))));
  body.append(totals);
  const headed = make('thead');
  headed.append(heads);
  table.append(headed, body);
  return table;
}

/** @param {object} part an estimate's table @param {object[]} codes @returns {HTMLElement} */
export function drawEstimates(part, codes) {
  const table = make('table', 'results-table');
  const heads = make('tr');
  heads.append(head('Code'), ...part.heads.map((each) => head(each)));
  const body = make('tbody');
  part.rows.forEach(([label, cells], at) => {
    const line = make('tr');
    line.append(head(name(label), 'row'));
    const place = part.level === 'corpus' ? [] : [['place', part.place]];
    cells.forEach(([text, ends], k) => {
      const kind = { Positives: 'found', 'Machine count': 'suggested' }[part.heads[k]];
      const target = kind && /[1-9]/.test(text) ? [['kind', kind], ['code', part.codes[at]], ['by', part.level], ...place] : null;
      const cell = number(text, target, `${label}, ${part.heads[k].toLowerCase()}`);
      below(cell, ends);
      line.append(cell);
    });
    body.append(line);
  });
  const headed = make('thead');
  headed.append(heads);
  table.append(headed, body);
  return table;
}

/** @param {object} table of agreement @param {string[]} coders @returns {HTMLElement} */
export function drawAgreement(table, coders) {
  const element = make('table', 'results-table');
  const heads = make('tr');
  heads.append(
    head('Code'), head('n'),
    ...table.counts.map((each) => head(name(each))), head('Prevalence'), ...table.heads.map((each) => head(each)),
  );
  const kinds = coders.length === 2
    ? [['agreed', coders], ['only', coders], ['only', [coders[1], coders[0]]]]
    : [['agreed', coders], ['some', coders]];
  const body = make('tbody');
  for (const row of table.rows) {
    const line = make('tr');
    line.append(head(name(row.label), 'row'), make('td', '', row.n));
    row.counts.forEach((text, k) => {
      const clicked = row.code && kinds[k] && /[1-9]/.test(text);
      const target = clicked
        ? [['kind', kinds[k][0]], ...kinds[k][1].map((coder) => ['coder', coder]), ['code', row.code]] : null;
      line.append(number(text, target, `${row.label}, ${table.counts[k]}`));
    });
    const prevalence = make('td', '', row.prevalence);
    row.indices.forEach((each) => below(prevalence, each));
    line.append(prevalence);
    for (const each of row.cells) {
      const cell = make('td', '', each.text);
      if (each.note) cell.append(make('sup', '', String(each.note)));
      below(cell, each.interval);
      below(cell, each.against);
      line.append(cell);
    }
    body.append(line);
  }
  const headed = make('thead');
  headed.append(heads);
  element.append(headed, body);
  return element;
}

/**
 * @param {object} answer
 * @param {Map<number, object>} codes
 * @param {(coder:string) => string} nameOf
 * @returns {HTMLElement}
 */
export function drawConfusions(answer, codes, nameOf) {
  const [one, other] = answer.pairs[answer.pair];
  const table = make('table', 'results-table');
  const heads = make('tr');
  const gave = (who) => {
    const cell = head('', 'col', 'start');
    cell.append(name(nameOf(who)), ' gave');
    return cell;
  };
  heads.append(gave(one), gave(other), head('Segments'), head('Of'), head('Expected'), head('What to do', 'col', 'text'));
  const body = make('tbody');
  for (const row of answer.rows) {
    const line = make('tr');
    const [code, taken] = [codes.get(row.code), codes.get(row.taken_for)];
    const target = [['kind', 'confused'], ['coder', one], ['coder', other], ['code', code.id], ['taken_for', taken.id]];
    line.append(
      head(name(code.name), 'row'), head(name(taken.name), 'row'),
      number(String(row.segments), target, `${code.name}, and ${taken.name} in its place`),
      make('td', '', String(row.coded)), make('td', '', row.expected), make('td', 'text', row.hint),
    );
    body.append(line);
  }
  const headed = make('thead');
  headed.append(heads);
  table.append(headed, body);
  return table;
}

/**
 * @param {{first:number,step:number,places:number}} answer
 * @param {string} what is listed
 * @param {(from:string) => void} choose
 * @returns {HTMLElement|null} buttons to the next places, where there are many
 */
export function drawPages(answer, what, choose) {
  if (answer.places <= answer.step) return null;
  const line = make('p', 'results-pages');
  for (const [way, text] of [[-1, '‹ Back'], [1, 'Next ›']]) {
    const to = answer.first + way * answer.step;
    const button = make('button', '', text);
    button.type = 'button';
    button.disabled = to < 0 || to >= answer.places;
    button.addEventListener('click', () => choose(String(to)));
    line.append(button);
  }
  const last = Math.min(answer.first + answer.step, answer.places);
  line.append(make('span', '', `${what}${answer.first + 1} to ${last} of ${answer.places.toLocaleString('en-GB')}`));
  return line;
}

/** Let the arrow keys move between the numbers of tables. @param {HTMLElement} root */
export function wireArrows(root) {
  root.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const from = event.target.closest('button.number');
    if (!way || !from || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const rows = [...from.closest('table').rows];
    let row = rows.indexOf(from.closest('tr'));
    let column = from.closest('td').cellIndex;
    for (;;) {
      row += way[0];
      column += way[1];
      const cell = rows[row] && rows[row].cells[column];
      if (!cell) return;
      const button = cell.querySelector('button.number');
      if (button) {
        reach(root, button);
        button.focus();
        return;
      }
    }
  });
}

/** Tab reaches one number alone. @param {HTMLElement} root @param {HTMLElement|null} button */
export function reach(root, button) {
  for (const one of root.querySelectorAll('button.number[tabindex="0"]')) one.tabIndex = -1;
  const first = button || root.querySelector('button.number');
  if (first) first.tabIndex = 0;
}
