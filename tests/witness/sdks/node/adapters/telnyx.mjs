import { TelnyxWebhook } from 'telnyx/lib/webhooks';
import { ed25519 } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret, now }) => ({
  'telnyx-timestamp': now,
  'telnyx-signature-ed25519': ed25519(Buffer.from(secret, 'base64'), Buffer.concat([Buffer.from(`${now}|`), body])).toString('base64'),
});

export const verify = async ({ body, secret, headers }) => {
  await new TelnyxWebhook(secret).verify(body.toString(), headers);
  return true;
};
