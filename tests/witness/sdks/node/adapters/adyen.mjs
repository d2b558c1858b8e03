import { hmacValidator as HmacValidator } from '@adyen/api-library';

const validator = new HmacValidator();

export const signs = 'sdk';

export function sign({ body, secret }) {
  const notification = JSON.parse(body);
  for (const { NotificationRequestItem: item } of notification.notificationItems) {
    item.additionalData = { ...item.additionalData, hmacSignature: validator.calculateHmac(item, secret) };
  }
  return { body: JSON.stringify(notification), headers: {} };
}

export const verify = ({ body, secret }) =>
  JSON.parse(body).notificationItems.every(({ NotificationRequestItem: item }) => validator.validateHMAC(item, secret));
