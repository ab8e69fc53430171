// What ical.js and node-ical make of one calendar: node calendars.mjs IN OUT. OUT has for each parser every component,
// [UID, original start or null, start, SEQUENCE], and every occurrence, [UID, start, is cancelled, address or null].
// Instants are seconds since 1970.

import { readFileSync, writeFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const [from, to] = process.argv.slice(2);
const text = readFileSync(from, "utf8");

function byIcalJs() {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const each of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(each);
  const events = calendar.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
  const said = (event, start) => {
    const property = (name) => event.component.getFirstPropertyValue(name);
    return [event.uid, start.toUnixTime(), property("status") === "CANCELLED", property("url")];
  };
  const components = events.map((event) => [
    event.uid,
    event.recurrenceId ? event.recurrenceId.toUnixTime() : null,
    event.startDate.toUnixTime(),
    event.sequence,
  ]);
  const occurrences = [];
  for (const event of events.filter((each) => !each.isRecurrenceException())) {
    for (const other of events) {
      if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
    }
    if (!event.isRecurring()) {
      occurrences.push(said(event, event.startDate));
      continue;
    }
    const iterator = event.iterator();
    for (let next; (next = iterator.next()); ) {
      const one = event.getOccurrenceDetails(next);
      occurrences.push(said(one.item, one.startDate));
    }
  }
  return { components, occurrences };
}

function byNodeIcal() {
  const seconds = (date) => Math.round(date.getTime() / 1000);
  const component = (event) => [
    event.uid,
    event.recurrenceid ? seconds(event.recurrenceid) : null,
    seconds(event.start),
    Number(event.sequence),
  ];
  const address = (event) => (event.url && event.url.val ? event.url.val : (event.url ?? null));
  const said = (event, start) => [event.uid, seconds(start), event.status === "CANCELLED", address(event)];
  const components = [];
  const occurrences = [];
  const events = Object.values(nodeIcal.sync.parseICS(text)).filter((each) => each.type === "VEVENT");
  const window = { from: new Date("2026-12-01T00:00:00Z"), to: new Date("2028-02-01T00:00:00Z") };
  for (const event of events) {
    // What differs it keeps by two keys each: the day, and the instant.
    components.push(component(event), ...[...new Set(Object.values(event.recurrences ?? {}))].map(component));
    for (const one of nodeIcal.expandRecurringEvent(event, window)) {
      occurrences.push(said(one.event, one.start));
    }
  }
  return { components, occurrences };
}

writeFileSync(to, JSON.stringify({ "ical.js": byIcalJs(), "node-ical": byNodeIcal() }));
