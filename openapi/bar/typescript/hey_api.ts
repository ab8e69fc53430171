/** The client that @hey-api/openapi-ts made, under the two names that first_hour.ts takes. */
import { createClient, createConfig, type Client } from "./made/client";
import * as api from "./made/sdk.gen";

export { api };
export const as = (address: string, token?: string): Client =>
  createClient(createConfig(token === undefined ? { baseUrl: address } : { baseUrl: address, auth: token }));
