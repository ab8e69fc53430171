/**
 * A facilitator's first hour (docs/first-hour.md), typed, every operation by its generated name.
 * `./client` is what one of the generators made. Prints how many operations were called.
 */
import { api as made, as } from "./client";

const [address, facilitatorsToken, membersToken] = process.argv.slice(2);
if (address === undefined || facilitatorsToken === undefined || membersToken === undefined) {
  throw new Error("needed: the address, the facilitator's token, the member's token");
}
const facilitator = as(address, facilitatorsToken);
const member = as(address, membersToken);
const nobody = as(address);

const called = new Set<string>();
const api = new Proxy(made, {
  get(target, name, receiver) {
    called.add(String(name));
    return Reflect.get(target, name, receiver) as unknown;
  },
});

function right<T>(answer: { data?: T; error?: unknown; response?: Response }): NonNullable<T> {
  if (answer.data === undefined || answer.data === null) {
    throw new Error(`${answer.response?.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function done(answer: { error?: unknown; response?: Response }): void {
  if (answer.response?.status !== 204) throw new Error(`${answer.response?.status}: ${JSON.stringify(answer.error)}`);
}

function code(answer: { error?: { code: string } | undefined }): string {
  return answer.error?.code ?? "no error";
}

function must(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)}, not ${String(expected)}`);
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("an empty list");
  return item;
}

async function setUp(): Promise<string> {
  const asthma = right(await api.listTopics({ client: facilitator })).items.some((term) => term.code === "asthma");
  must("the topic is there", asthma, true);
  const body = {
    name: "Inhaler technique in the valley",
    purpose: "Everybody with an inhaler has been shown how to use it, and has shown us.",
    visibility: "restricted",
    join_policy: "request",
    topics: ["asthma", "inhalers"],
    professions: ["practice-nurse", "clinical-pharmacist"],
    region: "Y63",
  } as const;
  const headers = { "Idempotency-Key": `set-up-${process.pid}-${Date.now()}` };
  const copied = { ...body, topics: [...body.topics], professions: [...body.professions] };
  const network = right(await api.createNetwork({ client: facilitator, headers, body: copied }));
  const again = right(await api.createNetwork({ client: facilitator, headers, body: copied }));
  must("the same key makes no second network", again.id, network.id);
  must("it has no place", network.place, null);
  const path = { network_id: network.id };
  must("seen by its facilitator", right(await api.getNetwork({ client: facilitator, path })).membership?.role, "facilitator");
  must("seen by nobody", right(await api.getNetwork({ client: nobody, path })).membership, null);
  return network.id;
}

async function letIn(network_id: string): Promise<string> {
  const path = { network_id };
  const asked = right(await api.joinNetwork({ client: member, path, body: { message: "I run the clinic on Tuesdays." } }));
  must("asked", asked.status, "requested");
  const waiting = right(await api.listMembers({ client: facilitator, query: { network_id, status: "requested" } }));
  const one = first(waiting.items);
  right(await api.approveMembership({ client: facilitator, path: { member_id: one.id } }));
  const person = first(right(await api.listPeople({ client: facilitator, query: { q: "Ottermere" } })).items);
  const invited = right(await api.addMember({ client: facilitator, body: { network_id, person_id: person.id } }));
  const all = right(await api.listMembers({ client: facilitator, query: { network_id, limit: 100 } })).items;
  must("everybody is listed", all.map((each) => each.status).sort().join(), "active,active,invited");
  done(await api.endMembership({ client: facilitator, path: { member_id: invited.id }, query: { reason: "wrong person" } }));
  return one.id;
}

async function invite(network_id: string): Promise<void> {
  const path = { network_id };
  const addresses = ["sam@ottermere.example.org", "kim@ottermere.example.org", "not an address"];
  const made = right(await api.inviteAddresses({ client: facilitator, path, body: { addresses, message: "Do join us." } }));
  must("one is no address", made.items.map((item) => item.status).join(), "invited,invited,invalid");
  const secret = first(made.items).secret ?? "";
  must("what it is for", right(await api.lookAtInvitation({ client: nobody, body: { secret } })).network.id, network_id);
  const body = { secret, display_name: "Sam Fernhollow" };
  const accepted = right(await api.acceptInvitation({ client: nobody, body }));
  const newcomer = as(address ?? "", accepted.token?.secret ?? undefined);
  must("somebody new is in", right(await api.getNetwork({ client: newcomer, path })).membership?.status, "active");
  const open = right(await api.listInvitations({ client: facilitator, query: { network_id, status: "pending" } }));
  const back = await api.revokeInvitation({ client: facilitator, path: { invitation_id: first(open.items).id } });
  must("taken back", right(back).status, "revoked");
}

async function change(network_id: string): Promise<void> {
  const path = { network_id };
  const read = await api.getNetwork({ client: facilitator, path });
  const etag = read.response?.headers.get("ETag") ?? "";
  const headers = { "If-Match": etag };
  const aims = ["Nine of ten inhaler users checked by March"];
  const patched = await api.updateNetwork({ client: facilitator, path, headers, body: { lifecycle_stage: "formation", aims } });
  must("changed", right(patched).lifecycle_stage, "formation");
  const late = await api.updateNetwork({ client: facilitator, path, headers, body: { size_target: 40 } });
  must("a lost update is refused", code(late), "precondition_failed");
}

async function handOver(network_id: string, member_id: string): Promise<void> {
  const mine = right(await api.getNetwork({ client: facilitator, path: { network_id } })).membership?.id ?? "";
  const down = { client: facilitator, path: { member_id: mine }, body: { role: "member" } } as const;
  must("the last facilitator stays", code(await api.updateMember(down)), "last_facilitator");
  right(await api.updateMember({ client: facilitator, path: { member_id }, body: { role: "facilitator" } }));
  must("handed over", right(await api.updateMember(down)).role, "member");
}

async function subgroup(parent_id: string): Promise<void> {
  const body = {
    name: "Spacers for small children",
    purpose: "No child leaves with an inhaler and without a spacer.",
    join_policy: "open",
    parent_id,
  } as const;
  const made = right(await api.createNetwork({ client: member, body }));
  right(await api.joinNetwork({ client: facilitator, path: { network_id: made.id }, body: {} }));
  const below = right(await api.listNetworks({ client: nobody, query: { parent_id } }));
  must("it is below", first(below.items).id, made.id);
}

async function follow(network_id: string): Promise<number> {
  let cursor = right(await api.listNetworks({ client: member, query: { mine: true } })).changes_cursor;
  const body = { closing_note: "Every practice in the valley now checks technique. The placebo sets live on." };
  right(await api.archiveNetwork({ client: member, path: { network_id }, body }));
  const seen: string[] = [];
  for (let more = true, pages = 0; more && pages < 100; pages += 1) {
    const page = right(await api.listChanges({ client: member, query: { cursor, limit: 100 } }));
    seen.push(...page.items.map((change) => `${change.kind} ${change.op} ${change.id}`));
    cursor = page.next_cursor;
    more = page.has_more;
  }
  must("the feed tells of it", seen.includes(`network upsert ${network_id}`), true);
  right(await api.listMemberHistory({ client: member, path: { network_id } }));
  return seen.length;
}

async function hour(): Promise<void> {
  const network = await setUp();
  const other = await letIn(network);
  await invite(network);
  await change(network);
  await handOver(network, other);
  await subgroup(network);
  await follow(network);
  console.log(`called ${called.size}: ${[...called].sort().join(" ")}`);
}

hour().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
