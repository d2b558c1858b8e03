import { Webhook } from 'svix';

export const signs = 'sdk';

export const sign = ({ body, secret, now, headers }) => ({
  'svix-timestamp': now,
  'svix-signature': new Webhook(secret).sign(headers['svix-id'], new Date(now * 1000), body.toString()),
});

export const verify = ({ body, secret, headers }) => {
  new Webhook(secret).verify(body, headers);
  return true;
};
