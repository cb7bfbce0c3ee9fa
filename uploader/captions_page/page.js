// One photo after the other. What was typed is saved whenever one moves on, and nothing else is.
"use strict";

const FIELDS = ["caption", "alt", "date", "credit", "license", "hidden"];
const at = (id) => document.getElementById(id);
let photos = [];
let current = 0;

const valueOf = (name) => (name === "hidden" ? at(name).checked : at(name).value);

function fill(photo) {
  for (const name of FIELDS) {
    if (name === "hidden") at(name).checked = photo[name];
    else at(name).value = photo[name];
  }
}

function show(index) {
  current = (index + photos.length) % photos.length;
  const photo = photos[current];
  at("picture").src = `photos/${photo.id}.webp`;
  at("picture").alt = photo.alt || photo.caption;
  at("album").textContent = photo.album;
  at("path").textContent = photo.path.slice(photo.album ? photo.album.length + 1 : 0);
  fill(photo);
  at("problem").textContent = "";
  tell(index === photos.length);
  at("caption").focus();
  new Image().src = `photos/${photos[(current + 1) % photos.length].id}.webp`;
}

function tell(isDone) {
  const without = photos.filter((photo) => !photo.caption && !photo.hidden).length;
  at("where").textContent =
    (isDone ? "That was the last photo. To publish what you wrote: ./gallery up, or pulumi up. " : "") +
    `Photo ${current + 1} of ${photos.length}. ` +
    (without ? `${without} without a caption.` : "All have a caption.");
  document.title = photos[current].path;
}

/** The fields that differ from what was loaded. */
function typed() {
  const photo = photos[current];
  return photo ? FIELDS.filter((name) => valueOf(name) !== photo[name]) : [];
}

async function save() {
  const photo = photos[current];
  const names = typed();
  if (names.length === 0) return true;
  const pick = (value) => Object.fromEntries(names.map((name) => [name, value(name)]));
  try {
    const answer = await fetch(`photos/${photo.id}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ typed: pick(valueOf), seen: pick((name) => photo[name]) }),
    });
    const content = await answer.json();
    if (answer.status === 409) Object.assign(photo, content.photo);
    if (!answer.ok) return refuse(content.problem);
    Object.assign(photo, content);
    return true;
  } catch {
    return refuse("Nothing was saved: the command `./gallery captions` does not run any more. What you typed stays here.");
  }
}

function refuse(problem) {
  at("problem").textContent = problem;
  return false;
}

async function move(step) {
  if (await save()) show(current + step);
}

addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // an input method takes this key
  if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    move(event.shiftKey ? -1 : 1);
  } else if (event.altKey && event.code === "KeyC") {
    event.preventDefault();
    at("credit").value = photos[(current + photos.length - 1) % photos.length].credit;
  }
});
at("fields").addEventListener("submit", (event) => {
  event.preventDefault();
  move(1);
});
at("back").addEventListener("click", () => move(-1));
addEventListener("focusout", async (event) => {
  if (FIELDS.includes(event.target.id) && !event.relatedTarget && (await save())) tell(false);
});
addEventListener("beforeunload", (event) => {
  if (typed().length > 0) event.preventDefault();
});

fetch("photos").then(async (answer) => {
  const content = await answer.json();
  if (!answer.ok) return refuse(content.problem);
  photos = content;
  const first = photos.findIndex((photo) => !photo.caption && !photo.hidden);
  show(Math.max(first, 0));
});
