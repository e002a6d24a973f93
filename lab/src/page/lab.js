// Makes a journey smooth: plays a step without loading the page anew, and by a single key. Everything here has a plain
// form beneath it, so without this file the page does the same, only with more flicker.
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

/** Where the eye is: the step in the upper part of the window. */
function noteReadStep() {
  readStep = document.elementFromPoint(innerWidth / 2, innerHeight / 4)?.closest(".step") ?? readStep;
}

/** Showing another service changes the height of every step, and the one that was read would be gone. */
function returnToReadStep() {
  readStep?.scrollIntoView({ behavior: "instant", block: "start" });
}

/** The hints for keys are hidden in the page as it comes, because without this script there are no keys. */
function showHints() {
  for (const hint of controls().querySelectorAll("kbd, .keys")) hint.hidden = false;
}

function submitted(event) {
  const form = event.target.closest("form[data-key]");
  if (!form) return;
  event.preventDefault();
  if (!busy) play(form);
}

/** `n` and `a`, unless a modifier is held or the keys are switched off. The page has no field to type text into. */
function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (!document.getElementById("keys").checked) return;
  const form = controls().querySelector(`form[data-key="${CSS.escape(event.key)}"]`);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

/** One step, or one after the other until the last, so that each is seen as it ends. */
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
    tell("The lab does not answer. Is it still running? Nothing was lost: load this page again when it is back.");
  } finally {
    busy = false;
    for (const button of controls().querySelectorAll("button")) button.removeAttribute("aria-busy");
  }
}

function finished() {
  return controls().hasAttribute("data-finished");
}

/** Asks for the next step and puts what comes into the page; answers the steps that are new. */
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
  // A button that was replaced takes its focus along; one that is gone hands it to what came last.
  if (focused) (document.getElementById(focused) ?? document.getElementById("again"))?.focus({ preventScroll: true });
  const last = steps.at(-1);
  if (last) {
    announcement.textContent = last.dataset.announce;
    last.scrollIntoView({ behavior: calm.matches ? "instant" : "smooth", block: "start" });
  }
  return steps;
}

/** What has an id that the page knows takes its place there; what is new is a step and goes to the end of them. */
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
