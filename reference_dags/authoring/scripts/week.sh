# a template of Airflow's: rendered before bash sees it
{% for back in range(params.days) -%}
echo "{{ macros.ds_add(ds, -back) }} {{ params.shop }}"
{% endfor -%}
echo "until {{ macros.ds_format(ds, '%Y-%m-%d', '%d %B %Y') }}"
