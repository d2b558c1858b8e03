import { createHash } from 'node:crypto';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';

export const signs = 'sdk';

const digest = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

const FIELDS = ['@method', '@target-uri', 'content-digest', 'x-event-id'];

export async function sign({ body, secret, headers, now, url }) {
  const message = { method: 'POST', url, headers: { ...headers, 'content-digest': digest(body) } };
  const signed = await httpbis.signMessage(
    { key: createSigner(secret, 'hmac-sha256', 'key-1'), fields: FIELDS, params: ['created', 'keyid', 'alg'], paramValues: { created: new Date(now * 1000) } },
    message,
  );
  return signed.headers;
}

// The library leaves the digest of the body to its caller, as the RFC does.
export const verify = async ({ body, secret, headers, url }) =>
  headers['content-digest'] === digest(body) &&
  (await httpbis.verifyMessage(
    {
      keyLookup: async () => ({ id: 'key', algs: ['hmac-sha256'], verify: createVerifier(secret, 'hmac-sha256') }),
      maxAge: 300,
      requiredParams: ['created'],
      requiredFields: FIELDS,
    },
    { method: 'POST', url, headers },
  ));
