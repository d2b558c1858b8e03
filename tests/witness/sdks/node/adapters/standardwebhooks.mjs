import { Webhook } from 'standardwebhooks';

export const signs = 'sdk';

export const sign = ({ body, secret, now, headers }) => ({
  'webhook-timestamp': now,
  'webhook-signature': new Webhook(secret).sign(headers['webhook-id'], new Date(now * 1000), body.toString()),
});

export const verify = ({ body, secret, headers }) => Boolean(new Webhook(secret).verify(body, headers));
