/**
 * Calls every operation of the contract by its name, typed by what openapi-typescript made of it.
 * `table.json` says where each operation is; it is taken from the contract as well.
 */
import type { operations } from "./schema";
import table from "./table.json";

type Name = keyof operations;
type Parameters<O> = O extends { parameters: infer P } ? P : never;
type Part<P, K extends string> = P extends { [key in K]: infer V }
  ? { [key in K]: V }
  : P extends { [key in K]?: infer V }
    ? { [key in K]?: V }
    : unknown;
type Renamed<P> = P extends { header: infer H } ? { headers: H } : P extends { header?: infer H } ? { headers?: H } : unknown;
type Content<B> = B extends { content: infer C } ? C[keyof C] : never;
type Body<O> = O extends { requestBody: infer B extends object }
  ? { body: Content<B> }
  : O extends { requestBody?: infer B }
    ? { body?: Content<NonNullable<B>> }
    : unknown;
type Options<O> = { client: Client } & Part<Parameters<O>, "path"> & Part<Parameters<O>, "query"> &
  Renamed<Parameters<O>> & Body<O>;
type Answers<O> = O extends { responses: infer R } ? R : never;
type Right = 200 | 201 | 202 | 204;
type Of<R, S> = { [status in keyof R]: status extends S ? Content<R[status]> : never }[keyof R];
type Wrong<R> = { [status in keyof R]: status extends Right | 304 ? never : Content<R[status]> }[keyof R];
type Result<O> = { response: Response } & (
  | { data: Of<Answers<O>, Right>; error: undefined }
  | { data: undefined; error: Wrong<Answers<O>> }
);
export type Api = { [name in Name]: (options: Options<operations[name]>) => Promise<Result<operations[name]>> };
export interface Client {
  address: string;
  token?: string;
}
interface Given {
  client: Client;
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: unknown;
}

async function call(name: Name, given: Given): Promise<unknown> {
  const { method, path, media } = table[name];
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(given.path?.[key] ?? ""));
  const url = new URL(filled, given.client.address);
  for (const [key, value] of Object.entries(given.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(key, String(one));
  }
  const headers = new Headers();
  for (const [key, value] of Object.entries(given.headers ?? {})) headers.set(key, String(value));
  if (given.client.token !== undefined) headers.set("Authorization", `Bearer ${given.client.token}`);
  const init: RequestInit = { method, headers };
  if (given.body !== undefined && media !== null) {
    headers.set("Content-Type", media);
    init.body = JSON.stringify(given.body);
  }
  const response = await fetch(url, init);
  const text = await response.text();
  const read: unknown = text === "" ? undefined : JSON.parse(text);
  return response.ok ? { data: read, error: undefined, response } : { data: undefined, error: read, response };
}

const named: Record<string, (given: Given) => Promise<unknown>> = {};
for (const name of Object.keys(table) as Name[]) named[name] = (given) => call(name, given);
export const api = named as unknown as Api;
export const as = (address: string, token?: string): Client => (token === undefined ? { address } : { address, token });
