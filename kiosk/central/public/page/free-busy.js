// Shows a doctor's free and busy times (docs/public.md). Addresses: ?doctor=ID, or ?organization=ID[&specialty=CODE]
// to choose among; &lang=ru or en. Times are the clinic's own: they are taken from the text, whatever zone this is.
"use strict";

const WORDS = {
  ru: {
    title: "Расписание врачей", doctor: "Врач", loading: "Загружаем расписание…",
    failed: "Расписание сейчас не загружается. Попробуем ещё раз через минуту.",
    none: "Такого врача или поликлиники здесь нет.", nobody: "Врачей не найдено.",
    free: "свободно", busy: "занято", absent: "врач отсутствует", off: "приёма нет", full: "свободного времени нет",
    count: (free, all) => `свободно ${free} из ${all}`, room: "кабинет", asOf: "По состоянию на",
    calendar: "Расписание в формате iCalendar",
  },
  en: {
    title: "Doctors’ schedule", doctor: "Doctor", loading: "Loading the schedule…",
    failed: "The schedule cannot be loaded now. We will try again in a minute.",
    none: "There is no such doctor or clinic here.", nobody: "No doctors were found.",
    free: "free", busy: "taken", absent: "the doctor is absent", off: "no reception", full: "no free times",
    count: (free, all) => `${free} of ${all} free`, room: "room", asOf: "As of",
    calendar: "Schedule as iCalendar",
  },
};
const FRESH_MS = 60000;
const asked = new URLSearchParams(location.search);
const language = WORDS[asked.get("lang")] ? asked.get("lang")
  : navigator.languages.map(tag => tag.slice(0, 2)).find(tag => WORDS[tag]) || "ru";
const words = WORDS[language];
const part = id => document.getElementById(id);
let doctor = asked.get("doctor");

class NotThere extends Error {}

async function ask(path) {
  const answer = await fetch(`../${path}`);
  if (answer.status === 404 || answer.status === 400) throw new NotThere();
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function make(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function say(text) {
  part("status").textContent = text;
}

function shownDay(day) {
  const written = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" })
    .format(new Date(`${day.date}T00:00:00Z`));
  const all = day.free + day.busy;
  const count = day.absent ? words.absent : !all ? words.off : day.free ? words.count(day.free, all) : words.full;
  const head = make("div", "head", make("h2", "", written), make("span", "count", count));
  const times = day.times.map(time => make("li", `time ${time.state}`, time.start.slice(11, 16),
    make("span", "said", ` ${words[time.state]}`)));
  return make("li", "day", head, ...(times.length ? [make("ul", "times", ...times)] : []));
}

function show(data) {
  part("title").textContent = data.name;
  document.title = `${data.name} — ${words.title}`;
  part("about").textContent = [data.specialty, data.facility, data.room && `${words.room} ${data.room}`]
    .filter(Boolean).join(" · ");
  part("days").replaceChildren(...data.days.map(shownDay));
  part("calendar").href = `../doctors/${encodeURIComponent(data.id)}/calendar.ics`;
  part("schedule").hidden = false;
  const now = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: data.zone });
  part("as-of").textContent = `${words.asOf} ${now.format(new Date())}`;
  say("");
}

function failed(error) {
  if (error instanceof NotThere) part("schedule").hidden = true;
  say(error instanceof NotThere ? words.none : words.failed);
}

async function load() {
  const wanted = doctor;
  try {
    const data = await ask(`doctors/${encodeURIComponent(wanted)}`);
    if (wanted === doctor) show(data);
  } catch (error) {
    if (wanted === doctor) failed(error);
  }
}

async function offer() {
  const query = new URLSearchParams([...asked].filter(([name]) => name === "organization" || name === "specialty"));
  const { doctors } = await ask(`doctors?${query}`);
  if (!doctors.length) throw new NotThere();
  const select = part("doctor");
  select.replaceChildren(...doctors.map(one => {
    const option = make("option", "", asked.has("specialty") ? one.name : `${one.specialty}: ${one.name}`);
    option.value = one.id;
    return option;
  }));
  if (doctors.some(one => one.id === doctor)) select.value = doctor;
  doctor = select.value;
  select.addEventListener("change", () => {
    doctor = select.value;
    say(words.loading);
    load();
  });
  part("choice").hidden = false;
}

async function start() {
  try {
    if (asked.has("organization")) await offer();
    if (!doctor) throw new NotThere();
  } catch (error) {
    failed(error);
    if (!(error instanceof NotThere)) setTimeout(start, FRESH_MS);
    return;
  }
  await load();
  setInterval(load, FRESH_MS);
}

document.documentElement.lang = language;
document.title = words.title;
part("title").textContent = words.title;
part("doctor-label").textContent = words.doctor;
part("legend-free").textContent = words.free;
part("legend-busy").textContent = words.busy;
part("calendar").textContent = words.calendar;
say(words.loading);
start();
