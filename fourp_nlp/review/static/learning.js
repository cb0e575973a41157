/** Let the machine learn in the background, see what changed, and take the new one or not. */
import { get, post, Unreachable } from './api.js';
import { counted } from './state.js';
import { make } from './render.js';
import { warn } from './say.js';

const $ = (id) => document.getElementById(`learning-${id}`);
const STEPS = {
  embedding: 'reading the text', training: 'learning', suggesting: 'suggesting anew', 'fine-tuning': 'fine-tuning',
};
let timer = 0;
let before = '';

/** @param {number|null} value @returns {string} */
function figure(value) {
  return value === null ? '–' : value.toFixed(3);
}

/** @param {object} result */
function drawResult(result) {
  $('rows').replaceChildren(...result.codes.map((code) => {
    const row = make('tr');
    const head = make('th');
    head.scope = 'row';
    const label = make('bdi', '', code.name);
    label.dir = 'auto';
    head.append(label);
    row.append(head, make('td', '', String(code.n)), make('td', '', figure(code.f1[0])));
    row.append(make('td', code.f1[1] > code.f1[0] ? 'is-better' : 'is-worse', figure(code.f1[1])));
    return row;
  }));
  document.querySelector('.learning-codes').hidden = !result.codes.length;
  $('same').hidden = result.codes.length > 0;
  $('sight').textContent = result.in_sight
    ? `On ${result.in_sight} of them you had the present suggestions in sight. That favours the present machine.` : '';
}

/** @param {object} state */
function sentence(state) {
  const { phase, decisions, result } = state;
  if (phase === 'training' || phase === 'taking') {
    const step = STEPS[state.step] || (phase === 'training' ? 'learning' : 'suggesting anew');
    const share = state.total ? ` ${Math.floor((100 * state.done) / state.total)}%` : '';
    return `${step[0].toUpperCase()}${step.slice(1)}…${share} You can go on deciding.`;
  }
  if (phase === 'failed') return result.error;
  if (phase === 'trained') {
    const [old, now] = result.macro_f1;
    if (old === null || now === null) return 'A new machine is ready. There is too little coded text to compare the two.';
    const word = now > old ? 'up' : now < old ? 'down' : 'unchanged';
    const figures = now === old ? figure(now) : `from ${figure(old)} to ${figure(now)}`;
    return `A new machine is ready. Macro-F1 on ${counted(result.segments, 'segment')} that you coded: ${word}, ${figures}.`;
  }
  if (decisions >= state.enough) return `You have made ${counted(decisions, 'decision')} since the machine last learned. It can learn from them now.`;
  return decisions
    ? `${counted(decisions, 'decision')} since the machine last learned. It is worth while from ${state.enough} on.`
    : 'The machine has learned from all your decisions.';
}

/** @param {object} state */
function draw(state) {
  const { phase } = state;
  const works = phase === 'training' || phase === 'taking';
  document.getElementById('learning').hidden = false;
  const text = sentence(state);
  if ($('text').textContent !== text) $('text').textContent = text;
  $('bar').hidden = !works;
  if (works && state.total) {
    $('bar').max = state.total;
    $('bar').value = state.done;
  } else $('bar').removeAttribute('value');
  $('result').hidden = phase !== 'trained' || state.result.macro_f1[0] === null;
  if (phase === 'trained') drawResult(state.result);
  $('stop').hidden = phase !== 'training';
  $('take').hidden = phase !== 'trained';
  $('discard').hidden = phase !== 'trained';
  $('start').hidden = works || phase === 'trained' || (phase === 'idle' && !state.decisions);
  if (before === 'taking' && phase === 'idle') location.reload(); // what it suggests now is counted anew
  before = phase;
  clearTimeout(timer);
  if (works) timer = setTimeout(watchLearning, 1000);
}

/** Ask how far it is, and show that. */
export async function watchLearning() {
  try {
    draw(await get('/api/learning'));
  } catch (error) {
    clearTimeout(timer);
    timer = setTimeout(watchLearning, 5000);
  }
}

/** @param {string} what */
async function change(what) {
  for (const id of ['start', 'take', 'discard', 'stop']) $(id).disabled = true;
  try {
    draw(await post('/api/learn', { do: what }));
    if (what === 'start') {
      document.getElementById('pending-text').textContent = 'All decisions are in the gold files.';
      document.getElementById('write').disabled = true;
    }
  } catch (error) {
    warn(error instanceof Unreachable ? 'The server does not answer. Try again.' : error.message);
  }
  for (const id of ['start', 'take', 'discard', 'stop']) $(id).disabled = false;
}

for (const [id, what] of Object.entries({ start: 'start', take: 'take', discard: 'discard', stop: 'discard' })) {
  $(id).addEventListener('click', () => change(what));
}
