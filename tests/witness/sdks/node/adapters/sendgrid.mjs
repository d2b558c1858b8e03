import { EventWebhook } from '@sendgrid/eventwebhook';
import { p256 } from '../recipe.mjs';

const webhook = new EventWebhook();

export const signs = 'recipe';

export const sign = ({ body, secret, now }) => ({
  'x-twilio-email-event-webhook-timestamp': now,
  'x-twilio-email-event-webhook-signature': p256(secret, Buffer.concat([Buffer.from(`${now}`), body])).toString('base64'),
});

export const verify = ({ body, secret, headers }) =>
  webhook.verifySignature(
    webhook.convertPublicKeyToECDSA(secret),
    body,
    headers['x-twilio-email-event-webhook-signature'],
    headers['x-twilio-email-event-webhook-timestamp'],
  );
