/** Answers on their way to the server: one after the other; what could not be sent is tried again. */
import { get, post, Unreachable } from './api.js';
import { counted } from './state.js';
import { say } from './say.js';

const $ = (id) => document.getElementById(id);
/** @type {{kind:string, body:object, answered:(answer:object|null) => void}[]} */
const jobs = [];
let running = false;
let failing = false;
let wake = () => {};
let draw = null;
let take = () => {};
let refused = () => {};

/**
 * @param {object} page the draw
 * @param {(answer:object) => void} taken called with what stands now
 * @param {(error:Error) => void} refusal called when the server says no
 */
export function onAnswers(page, taken, refusal) {
  draw = page;
  take = taken;
  refused = refusal;
}

/** @returns {number} what the server does not have yet */
export function unsaved() {
  return jobs.length;
}

/** @param {number} i @returns {string} how an answer to a segment waits; empty if it does not */
export function unsavedOf(i) {
  const waits = jobs.some((job) => job.kind === 'answer' && job.body.segment === i);
  return waits ? (failing ? 'Not saved yet: trying again.' : 'Saving…') : '';
}

/** Try again now. */
export function retryNow() {
  wake();
}

/**
 * @param {'answer'|'undo'|'redo'|'take_in'} kind
 * @param {object} body
 * @returns {Promise<object|null>} the server's answer, null when refused
 */
export function enqueue(kind, body) {
  return new Promise((answered) => {
    jobs.push({ kind, body: { number: draw.number, draw: draw.id, ...body }, answered });
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
      const answer = await post(`/api/draws/${job.kind}`, job.body);
      jobs.shift();
      pause = 1000;
      if (failing && !jobs.length) say('Everything is saved.');
      failing = failing && jobs.length > 0;
      showUnsaved();
      take(answer);
      job.answered(answer);
    } catch (error) {
      if (error instanceof Unreachable) {
        failing = true;
        showUnsaved();
        take({});
        await new Promise((resolve) => { wake = resolve; setTimeout(resolve, pause); });
        pause = Math.min(pause * 2, 15000);
      } else {
        jobs.shift();
        failing = false;
        await refuse(job, error);
        showUnsaved();
        job.answered(null);
      }
    }
  }
  running = false;
}

/**
 * The server said no: show what stands. What was answered on top of the refused answer goes with it.
 * @param {object} job
 * @param {import('./api.js').Refused} error
 */
async function refuse(job, error) {
  if (job.kind === 'answer') {
    for (let k = jobs.length - 1; k >= 0; k -= 1) {
      if (jobs[k].kind === 'answer' && jobs[k].body.segment === job.body.segment) jobs.splice(k, 1)[0].answered(null);
    }
  }
  const stands = error.body.answers ? error.body : await get(`/api/draws/${draw.number}`).catch(() => null);
  if (stands) take(stands);
  const now = stands && job.kind === 'answer' && stands.answers.find((one) => one.i === job.body.segment);
  const arrived = now && now.read === job.body.now.read
    && JSON.stringify([...now.codes].sort((a, b) => a - b)) === JSON.stringify(job.body.now.codes);
  if (!(arrived && error.status === 409)) refused(error); // else an earlier try had arrived after all
}

/** Show at the top what is not saved yet. */
function showUnsaved() {
  const waiting = failing ? jobs.length : 0;
  $('unsaved').hidden = waiting === 0;
  $('unsaved-text').textContent = waiting
    ? `The server does not answer. ${counted(waiting, 'answer')} not saved yet: trying again.` : '';
}
