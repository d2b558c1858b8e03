import { verifyWebhook } from '@clerk/backend/webhooks';

// Clerk's library only verifies; its documentation names Svix as the signer.
export { sign } from './svix.mjs';
export const signs = 'recipe';

export const verify = async ({ body, secret, headers, url }) =>
  Boolean(await verifyWebhook(new Request(url, { method: 'POST', headers, body }), { signingSecret: secret }));
