import { request } from 'node:http';

/** Sends an operation from another address of this machine. @returns the status of the answer */
export function askFrom(
  url: string,
  localAddress: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, {
      localAddress,
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    });
    sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}
