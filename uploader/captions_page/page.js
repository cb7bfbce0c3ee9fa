// One photo after the other. What differs from what was loaded is saved whenever one moves on.
"use strict";

const FIELDS = ["caption", "alt", "date", "credit"];
const at = (id) => document.getElementById(id);
let photos = [];
let current = 0;

function show(index) {
  current = (index + photos.length) % photos.length;
  const photo = photos[current];
  at("picture").src = `photos/${photo.id}.webp`;
  at("picture").alt = photo.alt || photo.caption;
  at("path").textContent = photo.path;
  for (const name of FIELDS) at(name).value = photo[name];
  at("problem").textContent = "";
  tell();
  at("caption").focus();
  new Image().src = `photos/${photos[(current + 1) % photos.length].id}.webp`;
}

function tell() {
  const without = photos.filter((photo) => !photo.caption).length;
  at("where").textContent =
    `Photo ${current + 1} of ${photos.length}. ` +
    (without ? `${without} without a caption.` : "All have a caption.");
  document.title = photos[current].path;
}

async function save() {
  const photo = photos[current];
  const typed = Object.fromEntries(FIELDS.map((name) => [name, at(name).value]));
  if (FIELDS.every((name) => typed[name] === photo[name])) return true;
  try {
    const answer = await fetch(`photos/${photo.id}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(typed),
    });
    const told = await answer.json();
    if (!answer.ok) return refuse(told.problem);
    Object.assign(photo, told);
    return true;
  } catch {
    return refuse("Nothing was saved: the command `make captions` does not run any more.");
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
  if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    move(event.shiftKey ? -1 : 1);
  } else if (event.altKey && event.code === "KeyC") {
    event.preventDefault();
    at("credit").value = photos[(current + photos.length - 1) % photos.length].credit;
  }
});
at("words").addEventListener("submit", (event) => {
  event.preventDefault();
  move(1);
});
at("back").addEventListener("click", () => move(-1));
addEventListener("focusout", async (event) => {
  if (FIELDS.includes(event.target.id) && !event.relatedTarget && (await save())) tell();
});

fetch("photos")
  .then((answer) => answer.json())
  .then((listed) => {
    photos = listed;
    const first = photos.findIndex((photo) => !photo.caption);
    show(Math.max(first, 0));
  });
