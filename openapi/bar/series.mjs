// What ical.js makes of series: node series.mjs IN OUT, where IN is a list of calendars with one event each. OUT is
// a list of the same length: [local start, seconds since 1970] for each occurrence, or a sentence where it gave up.

import { readFileSync, writeFileSync } from "node:fs";
import ICAL from "ical.js";

const MOST_OCCURRENCES = 1001;
const MOST_STEPS = 50_000;

// It looks for ever for what it cannot find, so each look counts.
let steps = 0;
const check = ICAL.RecurIterator.prototype.check_contracting_rules;
ICAL.RecurIterator.prototype.check_contracting_rules = function () {
  steps += 1;
  if (steps > MOST_STEPS) throw new Error("it does not end");
  return check.call(this);
};

function occurrences(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent("vtimezone"));
  ICAL.TimezoneService.reset();
  ICAL.TimezoneService.register(zone, zone.tzid);
  steps = 0;
  const iterator = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).iterator();
  const found = [];
  for (let next; found.length < MOST_OCCURRENCES && (next = iterator.next()); ) {
    found.push([next.toString(), next.toUnixTime()]);
  }
  return found;
}

function said(text) {
  try {
    return occurrences(text);
  } catch (error) {
    return error.message;
  }
}

const [from, to] = process.argv.slice(2);
writeFileSync(to, JSON.stringify(JSON.parse(readFileSync(from, "utf8")).map(said)));
