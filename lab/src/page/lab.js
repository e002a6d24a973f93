// Runs a step without reloading the page, also by a single key. Without this file the same forms work, but each step
// reloads the page.
"use strict";

const controls = () => document.getElementById("controls");
const announcement = document.getElementById("announcement");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let busy = false;
let readStep = null;

if (controls()) {
  showHints();
  document.addEventListener("submit", submitted);
  document.addEventListener("keydown", pressed);
  document.addEventListener("scroll", noteReadStep, { passive: true });
  document.querySelector(".switch").addEventListener("change", returnToReadStep);
}

/** The step that the user reads: the one in the upper part of the window. */
function noteReadStep() {
  readStep = document.elementFromPoint(innerWidth / 2, innerHeight / 4)?.closest(".step") ?? readStep;
}

/** Another service's details change the height of every step, so the current step would scroll out of view. */
function returnToReadStep() {
  readStep?.scrollIntoView({ behavior: "instant", block: "start" });
}

/** The page hides the hints for keys, because the keys work only with this script. */
function showHints() {
  for (const hint of controls().querySelectorAll("kbd, .keys")) hint.hidden = false;
}

function submitted(event) {
  const form = event.target.closest("form[data-key]");
  if (!form) return;
  event.preventDefault();
  if (!busy) play(form);
}

/** The keys `n` and `a`, unless a modifier is held or the keys are switched off. The page has no text field. */
function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (!document.getElementById("keys").checked) return;
  const form = controls().querySelector(`form[data-key="${CSS.escape(event.key)}"]`);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

/** Runs one step, or all remaining steps one by one, so that each appears when it ends. */
async function play(form) {
  const all = form.dataset.key === "a";
  const keysOn = document.getElementById("keys").checked;
  busy = true;
  try {
    let steps;
    do {
      markBusy(form);
      steps = await playOne(controls().querySelector('form[data-key="n"]'));
      document.getElementById("keys").checked = keysOn;
    } while (all && steps.length > 0 && !finished());
  } catch {
    tell("The lab does not answer. If it has stopped, start it and begin a new journey; otherwise reload this page.");
  } finally {
    busy = false;
    for (const button of controls().querySelectorAll("button")) button.removeAttribute("aria-busy");
  }
}

function finished() {
  return controls().hasAttribute("data-finished");
}

/** Requests the next step, puts the answer into the page, and returns the new steps. */
async function playOne(form) {
  const focused = document.activeElement?.id;
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Lab-Fragment": "1" },
    body: new URLSearchParams(new FormData(form)),
  });
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const steps = merge(template.content);
  showHints();
  // A replaced button passes its focus to its replacement. If a button is gone, the focus moves to "Start again".
  if (focused) (document.getElementById(focused) ?? document.getElementById("again"))?.focus({ preventScroll: true });
  const last = steps.at(-1);
  if (last) {
    announcement.textContent = last.dataset.announce;
    last.scrollIntoView({ behavior: calm.matches ? "instant" : "smooth", block: "start" });
  }
  return steps;
}

/** A part whose id is on the page replaces that element. Any other part is a new step and is appended. */
function merge(fragment) {
  const steps = [];
  for (const part of [...fragment.children]) {
    const known = document.getElementById(part.id);
    if (known) {
      known.replaceWith(part);
    } else {
      part.classList.add("fresh");
      document.getElementById("steps").append(part);
      steps.push(part);
    }
  }
  return steps;
}

function markBusy(form) {
  const button = controls().querySelector(`form[data-key="${form.dataset.key}"] button`);
  button?.setAttribute("aria-busy", "true");
}

function tell(text) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = text;
  trouble.hidden = false;
}
