import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret }) => ({ 'linear-signature': hmac('hex', secret, body) });

export const verify = ({ body, secret, headers }) => new LinearWebhookClient(secret).verify(body, headers['linear-signature']);
