-- What ecommerce_daily_analytics expects in the warehouse; deployed with it.
CREATE SCHEMA IF NOT EXISTS staging;
CREATE TABLE IF NOT EXISTS staging.transactions (
    day date NOT NULL, transaction_id text PRIMARY KEY, customer_id text NOT NULL, product text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0), cents integer NOT NULL
);
CREATE TABLE IF NOT EXISTS staging.customers (customer_id text PRIMARY KEY, country text NOT NULL);
CREATE TABLE IF NOT EXISTS staging.processed_sales (
    day date NOT NULL, country text NOT NULL, product text NOT NULL, quantity bigint NOT NULL, cents bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS sales_facts (LIKE staging.processed_sales, PRIMARY KEY (day, country, product));
