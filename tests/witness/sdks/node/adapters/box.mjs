import { WebhooksManager } from 'box-node-sdk/managers/webhooks';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

// Box writes its time with the offset of the Pacific coast.
const stamp = (now) => `${new Date((now - 8 * 3600) * 1000).toISOString().slice(0, 19)}-08:00`;

export const sign = ({ body, secret, now }) => ({
  'box-delivery-timestamp': stamp(now),
  'box-signature-primary': hmac('base64', secret, body, stamp(now)),
});

export const verify = ({ body, secret, headers }) => WebhooksManager.validateMessage(body.toString(), headers, secret);
