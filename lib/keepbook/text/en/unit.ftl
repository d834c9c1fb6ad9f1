### The keys of a unit file: their titles and meanings, for editors and for messages about faults.

# `key-<class>-<field>`. `errorMessage`: what a value must be, as editors and messages say it.

## Settings

key-settings-unit = Unit
    .description = Name of the unit: the file's own name without .yaml.
key-settings-title = Title
    .description = How reports call the unit; left out, its name.
key-settings-about = About
    .description = What the unit is, in a sentence or two.
key-settings-language = Language
    .description = Language of the unit's pages; left out, that of KEEPBOOK_LANGUAGE, else English.
key-settings-currency = Currency
    .description = ISO 4217 code of every amount.
    .errorMessage = three capital letters such as USD
key-settings-timezone = Time zone
    .description = Zone in which a day begins and ends, by its IANA name.
key-settings-as_of = As of
    .description = Last day of observation; left out, the last day in the data.
key-settings-returns = Returns
    .description = net: a cancelled order is no purchase and its money is subtracted; gross: both stand.
key-settings-duplicates = Duplicates
    .description = What becomes of a line that repeats another exactly.
key-settings-overlaps = Overlaps
    .description = What becomes of lines that an earlier file or sheet of the source holds too.
key-settings-zero_amounts = Zero amounts
    .description = Whether a line of no money is left out, or is a purchase all the same (a free item).
key-settings-cohort_period = Cohort period
    .description = Length of a cohort and of a period after it.
key-settings-clock = Clock
    .description = Periods of the calendar, or periods counted from each customer's own first purchase.
key-settings-return_rule = Return rule
    .description = Who counts as retained: active 'on' the period, then or later, or within a bracket.
key-settings-brackets = Brackets
    .description = Edges for return_rule bracket: where each bracket begins, and where the last one ends.
key-settings-average = Average
    .description = Average over cohorts: weighted by their size, or each alike.
key-settings-warm_up = Warm-up
    .description = First periods of the data whose new customers may in truth be old ones.
key-settings-warm_up_cohorts = Warm-up cohorts
    .description = Whether cohorts of the warm-up are marked or left out.
key-settings-churn_after = Churn after
    .description = Days without a purchase after which a customer counts as gone.
key-settings-retention_by = Retention by
    .description = Column of the customers table that retention is split by.
key-settings-horizon = Horizon
    .description = Periods that curves are projected ahead.
key-settings-time_unit = Time unit
    .description = Grain at which purchases are counted for CLV; those of one day, or week, count once.
key-settings-model = Model
    .description = Purchase process behind CLV; auto: the one that foretells held-out purchases best.
key-settings-value_months = Value months
    .description = Months ahead for which customers' value is counted.
key-settings-discount_rate = Discount rate
    .description = Yearly share by which later money is worth less; 0.10 is 10 %.
    .errorMessage = a yearly share, at least 0 and below 1: 10 % is 0.10
key-settings-margin = Margin
    .description = Share of revenue that is earned; at 1, value is revenue and called so.
    .errorMessage = a share of revenue, above 0 and at most 1: 30 % is 0.30
key-settings-prior = Prior
    .description = What is held likely of the model's parameters; left out, the data alone decide.
    .errorMessage = lines such as r: {"{"}median: 0.5, log_sd: 1{"}"}
key-settings-alpha = Alpha
    .description = Significance level; 0.05 gives 95 % intervals.
key-settings-seed = Seed
    .description = Start of the random numbers; the same seed, the same result.

## Tables

# Its title is that of what it refers to.
key-unit-transactions =
    .description = Who bought when, and for how much.
key-unit-customers = Customers
    .description = Who the customers are, and their segments.
key-unit-costs = Costs
    .description = What acquiring and serving customers cost.
key-unit-surveys = Surveys
    .description = What customers answered when asked.
key-unit-interactions = Interactions
    .description = Contacts with the service, and how fast they were answered.
key-unit-assignments = Assignments
    .description = Which customer was in which arm of which experiment.
key-unit-experiments = Experiments
    .description = What was tried on customers drawn by lot.
    .errorMessage = a list of blocks, each of which begins with '- name:'
key-unit-before_after = Before and after
    .description = What was introduced on a day, for customers that nobody drew by lot.
    .errorMessage = { key-unit-experiments.errorMessage }

## Sources

key-source-source = Source
    .description = Where the rows come from: { key-source-source.errorMessage }.
    .errorMessage = a path, package:NAME/path, duckdb:FILE, a database URL, simulate, or several of them by name for a query
key-source-format = Format
    .description = How a file is read; left out, the file itself tells. text: white-space columns.
key-source-encoding = Encoding
    .description = How a text file writes its letters; left out, its bytes tell.
    .errorMessage = an encoding such as utf-8, gb18030, utf-16 or cp1252
key-source-delimiter = Delimiter
    .description = The sign between the fields of a CSV file; left out, its first lines tell.
    .errorMessage = one sign such as ; or |, or the word tab
key-source-sheet = Sheet
    .description = Sheet of an Excel file; left out, all sheets with the columns of the longest one.
    .errorMessage = the name of one sheet
key-source-table = Table
    .description = Table inside a database.
key-source-query = Query
    .description = SQL run in the engine; tables are called as in source, a single one is called source.
key-source-header = Header
    .description = Whether there is a line of column names, or its number; titles above it are skipped.
    .errorMessage = true, false, or the number of the line that holds the column names
key-source-names = Names
    .description = Names of the source's columns, in order, where its first line does not hold them.
    .errorMessage = a list of different column names
key-source-decimal = Decimal sign
    .description = The sign before the decimals of amounts in text; left out, the amounts tell.
key-source-date_format = Date format
    .description = How dates are written: { key-source-date_format.errorMessage }. Left out, the dates tell.
    .errorMessage = one of ymd, dmy, mdy, named, epoch, epoch_ms, excel, or a strptime pattern such as %Y%m%d
key-source-timezone = Time zone
    .description = Zone of date-times that carry none; left out, the unit's.
key-source-columns = Columns
    .description = Canonical name: name in the source. A name left out stands for itself.
    .errorMessage = lines such as date: InvoiceDate
key-source-where = Where
    .description = Only lines that meet every condition belong to the unit.
key-source-cancelled = Cancelled
    .description = Lines that meet every condition are cancellations.
key-source-exclude = Exclude
    .description = Rule name: conditions. Lines that meet them are left out and counted.
key-source-simulate = Simulate
    .description = Settings of the simulator, where source is simulate.
key-carrying-attributes = Attributes
    .description = Name: column of the source that is carried along, to look at and to split customers by.
    .errorMessage = a list of columns, or lines such as discount: DiscountCode

## The simulator

key-simulation-customers = Customers
    .description = Customers acquired within the window.
key-simulation-start = Start
    .description = First day of the window.
key-simulation-days = Days
    .description = Length of the window.
key-simulation-seed = Seed
    .description = The same seed gives the same rows.
key-simulation-experiments = Experiments
    .description = Whether the shop also runs experiments and a policy change, whose orders are added.
key-simulation-names = Names
    .description = Name of a tier, region, channel, experiment or arm: what it is called instead.
key-simulation-price_level = Price level
    .description = Factor on all money.

key-parameterprior-median = Median
    .description = The parameter is as likely above as below it.
key-parameterprior-log_sd = Log SD
    .description = Standard deviation of its logarithm: 0.7 is within a factor of 2, two times in three.

## Experiments

key-experiment-name = Name
    .description = Name of the experiment, as in the assignments table.
key-experiment-title = Title
    .description = How reports call the experiment; left out, its name.
key-experiment-question = Question
    .description = What the experiment is to answer, in a sentence.
key-experiment-control = Control
    .description = The arm that all others are compared with.
key-experiment-split = Split
    .description = Arm: its weight in the draw. Left out, the arms that are found, all alike.
    .errorMessage = two or more arms with a weight above 0: {"{"}control: 1, voucher: 1{"}"}
key-experiment-outcome_days = Outcome days
    .description = Days after assignment in which outcomes count.
key-experiment-pre_days = Pre-period days
    .description = Days before assignment whose purchases sharpen the comparison; 0: none.
key-experiment-first_day = First day
    .description = Whether outcomes count from the day of assignment on, or from the next.
key-experiment-ends = Ends
    .description = Planned last day of assignment; left out, one may have looked at any time.
key-experiment-planned = Planned
    .description = Customers in all arms that were planned: there the interval that allows looking at any time is tightest. To be fixed before the first look.
key-experiment-metrics = Metrics
    .description = Metric: what it is for. At least one is a goal.
key-experiment-cost = Cost
    .description = Money that treating one customer costs, or that by arm.
    .errorMessage = money from 0 per treated customer, for all alike or by arm: 1.5, or {"{"}voucher: 1.5, call: 6{"}"}
key-experiment-max_loss = Largest loss
    .description = What a roll-out may lose per customer, weighed by how likely it is to lose; left out, 1 % of what a customer of the better arm brings.
key-experiment-confidence = Confidence
    .description = How probable a profit must be for a roll-out.
    .errorMessage = a probability above 0.5 and below 1: 95 % is 0.95
key-experiment-rollout_to = Roll-out to
    .description = Customers the strategy would reach; left out, as many as in the experiment.
key-experiment-segments = Segments
    .description = Columns of the customers table to look into; cohort and rfm are built in.
key-experiment-outcomes = Outcomes
    .description = Outcomes that are there already, one customer per row, instead of assignments.
key-experiment-totals = Totals
    .description = Outcomes that are added up already, one variant and metric per row.

key-metric-role = Role
    .description = goal: decides; guardrail: must not get worse by its margin; diagnostic: is shown.
key-metric-margin = Margin
    .description = Share of the control's value by which a guardrail may at most be worse.
key-metric-better = Better
    .description = Which way is good; left out, higher, and lower for days_to_purchase.

## Changes

key-change-name = Name
    .description = Name of the change.
key-change-title = Title
    .description = How reports call the change; left out, its name.
key-change-question = Question
    .description = What is to be answered, in a sentence.
key-change-date = Date
    .description = First day of the change.
key-change-treated = Treated
    .description = Customers whom it concerns; left out, all.
key-change-comparison = Comparison
    .description = Customers to compare with; left out, all who are not treated.
key-change-comparison_unit = Comparison unit
    .description = Unit whose customers to compare with, instead of others of this unit.
key-change-period = Period
    .description = Length of the periods that are compared.
key-change-before = Before
    .description = Whole periods before the change; left out, 6. Where neither treated nor comparison_unit is given, at least 8 are needed; left out, 12, or as many as there are.
key-change-after = After
    .description = Whole periods from the change on; fewer where data end before.
key-change-cluster = Cluster
    .description = Column of the customers table whose customers share their ups and downs, e.g. shop.
key-change-metrics = Metrics
    .description = What is compared, per customer and period; retained: share of customers who buy in it.
    .errorMessage = a list of some of revenue, orders, retained
key-change-cost = Cost
    .description = Money per treated customer and period.

## Columns of transactions

column-transactions-customer_id = Who bought.
column-transactions-date = When, as a day or a date-time.
column-transactions-amount = Money of the line or order; negative for money given back.
column-transactions-quantity = Pieces, where the amount is quantity × unit_price.
column-transactions-unit_price = Money per piece, where the amount is quantity × unit_price.
column-transactions-refund = Money of the line given back later, as a positive number; returns: net subtracts it.
column-transactions-order_id = Order the line belongs to.
column-transactions-category = What was bought.
column-transactions-cost = What the goods cost the shop.
column-transactions-channel = Where it was bought.

## Columns of customers

column-customers-customer_id = The customer, as in transactions.
column-customers-acquired_on = Day the customer was won.
column-customers-acquisition_cost = What winning the customer cost.
column-customers-more = A segment column; its name is yours to choose.

## Columns of costs

column-costs-period = A day in the period the costs belong to.
column-costs-marketing_cost = Money spent on marketing.
column-costs-sales_cost = Money spent on sales.
column-costs-channel = Channel the costs belong to.
column-costs-servicing_cost = Money spent on serving customers.
column-costs-leads = Number of leads won.

## Columns of surveys

column-surveys-customer_id = Who answered.
column-surveys-date = When.
column-surveys-nps = Likelihood to recommend, 0 to 10.
column-surveys-comment = Free text.
column-surveys-more = A satisfaction score; its name is yours to choose.

## Columns of interactions

column-interactions-customer_id = Who got in touch.
column-interactions-opened_at = When.
column-interactions-first_response_at = When the first answer went out.
column-interactions-closed_at = When the matter was closed.
column-interactions-kind = What it was about.
column-interactions-channel = How the customer got in touch.
column-interactions-is_complaint = Whether it was a complaint.

## Columns of assignments

column-assignments-experiment = Name of the experiment.
column-assignments-customer_id = Who was assigned.
column-assignments-variant = To which arm.
column-assignments-assigned_at = When.
column-assignments-cluster = What was randomised, where not the customer: shop or sales owner.
column-assignments-exposed_at = When the customer first met the treatment.
column-assignments-cost = What treating the customer cost.
column-assignments-more = An outcome of your own; its name is yours to choose.

## Columns of outcomes

column-outcomes-variant = The arm the customer was in.
column-outcomes-more = An outcome of your own, as a number; its name is yours to choose.

## Columns of totals

column-totals-variant = The arm.
column-totals-metric = Name of the metric, as under metrics.
column-totals-n = Number of customers in the arm.
column-totals-sum = Sum of the metric over them.
column-totals-sum_squares = Sum of its squares over them.

## Parameters of a prior

parameter-r = How alike the customers' purchase rates are.
parameter-alpha = Scale of the purchase rates, in time units.
parameter-a = BG/NBD and MBG/NBD: first shape of the chance to leave after a purchase.
parameter-b = BG/NBD and MBG/NBD: second shape of the chance to leave after a purchase.
parameter-s = Pareto/NBD: how alike the customers' rates of leaving are.
parameter-beta = Pareto/NBD: scale of the rates of leaving, in time units.
parameter-p = Gamma-Gamma: how alike one customer's purchases are.
parameter-q = Gamma-Gamma: how alike the customers' mean spends are.
parameter-gamma = Gamma-Gamma: scale of spend, in money.

## Metrics that are built in

built-in-retained = Share of customers who buy within the outcome days.
built-in-orders = Days with a purchase, per customer, within the outcome days.
built-in-revenue = Money per customer within the outcome days, net of returns.
built-in-margin = Revenue times the unit's margin.
built-in-average_order_value = Revenue per order: that of all customers of an arm by their orders.
built-in-days_to_purchase = Days until the next purchase, counted up to the outcome days.
