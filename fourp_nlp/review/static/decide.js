/**
 * Decisions: shown at once, sent one after the other, corrected by the server's answer.
 * What could not be sent is kept, shown as not saved, and tried again.
 */
import { state, applyLocally, markOf, valueOf, codeOf, counted } from './state.js';
import { get, post, Unreachable } from './api.js';
import { paintMarks, paintText, note } from './render.js';
import { takeSegments } from './blocks.js';
import { say, warn, name } from './say.js';

/** @type {{kind:string,path:string,body:object,answered:(answer:object|null) => void}[]} */
const jobs = [];
let running = false;
let failing = false;
let wake = () => {};
let progressChanged = () => {};

/** @param {() => void} listener called when counts, undo or redo differ */
export function onProgress(listener) {
  progressChanged = listener;
}

/** @returns {number} decisions that the server does not have yet */
export function unsaved() {
  return jobs.length;
}

/** Try again now. */
export function retryNow() {
  wake();
}

/** @param {object} segment the server's segment: lay our unsaved decisions over it */
export function overlay(segment) {
  for (const job of jobs) {
    if (job.kind !== 'decide') continue;
    for (const item of job.body.items) if (item.segment === segment.i) applyLocally(segment, item);
  }
}

/**
 * Decide on one code of one segment.
 * @param {number} i
 * @param {number} code
 * @param {boolean|null} value
 * @returns {boolean} whether anything differs now
 */
export function decide(i, code, value) {
  const segment = state.segments[i];
  const mark = markOf(segment, code);
  const was = valueOf(mark);
  if (was === value && (mark || value === null)) return false;
  const open = segment.marks.filter((one) => one.state === 'suggested').length;
  const item = { segment: i, code, value, was };
  applyLocally(segment, item);
  const still = segment.marks.filter((one) => one.state === 'suggested').length;
  state.progress.open = Math.max(0, state.progress.open + still - open);
  state.progress.decided = Math.max(0, state.progress.decided + (value === null ? -1 : was === null ? 1 : 0));
  if (value === null) state.progress.finished = false;
  note(i, failing ? 'unsaved' : null);
  paintMarks(i);
  paintText(i);
  progressChanged();
  enqueue('decide', '/api/decide', { document: state.document, items: [item] });
  return true;
}

/**
 * @param {'decide'|'undo'|'redo'|'bulk'|'finish'} kind
 * @param {string} path
 * @param {object} body
 * @returns {Promise<object|null>} the server's answer, null when refused
 */
export function enqueue(kind, path, body) {
  return new Promise((answered) => {
    jobs.push({ kind, path, body, answered });
    if (failing) showUnsaved();
    drain();
  });
}

/** Send what waits, in order. */
async function drain() {
  if (running) return;
  running = true;
  let pause = 1000;
  while (jobs.length) {
    const job = jobs[0];
    try {
      const answer = await post(job.path, job.body);
      jobs.shift();
      pause = 1000;
      if (failing) {
        failing = jobs.length > 0 && failing;
        showUnsaved();
      }
      take(job, answer);
      job.answered(answer);
    } catch (error) {
      if (error instanceof Unreachable) {
        failing = true;
        showUnsaved();
        await new Promise((resolve) => { wake = resolve; setTimeout(resolve, pause); });
        pause = Math.min(pause * 2, 15000);
      } else {
        jobs.shift();
        await refuse(job, error);
        job.answered(null);
      }
    }
  }
  running = false;
  if (failing) say('Everything is saved.');
  failing = false;
  showUnsaved();
}

/** Show what is not saved yet, at the top and beside its segments. */
function showUnsaved() {
  const box = document.getElementById('unsaved');
  const waiting = failing ? jobs.length : 0;
  box.hidden = waiting === 0;
  document.getElementById('retry').hidden = waiting === 0;
  if (waiting) {
    document.getElementById('unsaved-text').textContent = `The server does not answer. ${counted(waiting, 'decision')} not saved yet: trying again.`;
  }
  const segments = new Set();
  if (failing) for (const job of jobs) for (const item of job.body.items || []) segments.add(item.segment);
  for (const [i, kind] of [...state.notes]) if (kind === 'unsaved' && !segments.has(i)) note(i, null);
  for (const i of segments) if (state.notes.get(i) !== 'unsaved') note(i, 'unsaved');
}

/** @param {object} job @param {object} answer */
function take(job, answer) {
  if (typeof answer.version === 'number') state.version = Math.max(state.version, answer.version);
  const here = answer.document === undefined || answer.document === null || answer.document === state.document;
  if (here && answer.segments) {
    answer.before = answer.segments.map((segment) => JSON.stringify((state.segments[segment.i] || {}).marks || []));
    takeSegments(answer.segments);
  }
  if (jobs.length) return;
  if (here && answer.progress) state.progress = answer.progress;
  if ('undo' in answer) state.undo = answer.undo;
  if ('redo' in answer) state.redo = answer.redo;
  progressChanged();
}

/**
 * The server said no: show its sentence and what it has.
 * @param {object} job
 * @param {import('./api.js').Refused} error
 */
async function refuse(job, error) {
  const segments = error.body.segments;
  if (error.status === 409 && segments) {
    takeSegments(segments);
    const same = job.kind === 'decide' && job.body.items.every((item) => {
      const segment = segments.find((one) => one.i === item.segment);
      return segment && valueOf(markOf(segment, item.code)) === item.value;
    });
    await reread().catch(() => {});
    if (same) return; // an earlier try had arrived after all
    for (const segment of segments) note(segment.i, 'elsewhere', 5000);
    warn(error.message);
    return;
  }
  warn(error.message);
  if (job.kind === 'decide') {
    for (const item of job.body.items) {
      await get(`/api/documents/${state.document}/segments`, { from: item.segment, count: 1 })
        .then((answer) => takeSegments(answer.segments)).catch(() => {});
    }
  }
  await reread().catch(() => {});
}

/** Read counts, undo and redo anew. @returns {Promise<object>} */
export async function reread() {
  const answer = await get(`/api/documents/${state.document}`);
  if (jobs.length) return answer;
  state.version = Math.max(state.version, answer.version);
  state.progress = answer.progress;
  state.undo = answer.undo;
  state.redo = answer.redo;
  progressChanged();
  return answer;
}

/** @param {boolean} value @param {number} code tell what was done */
export function sayDecided(value, code) {
  const left = state.progress.open;
  say(value ? 'Accepted: ' : 'Rejected: ', name(codeOf(code).name), `. ${left ? `${left.toLocaleString('en-GB')} open.` : 'None is open.'}`);
}
