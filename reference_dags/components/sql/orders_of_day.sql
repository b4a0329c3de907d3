-- The columns are named as those of order_facts; the day comes as a parameter, which the database quotes.
SELECT order_id, day, region, product, quantity, refund
FROM shop_orders
WHERE day = %(day)s
{% if not params.cancelled_too %}AND quantity > 0{% endif %}
ORDER BY order_id
