"""Decides the tables of a report that have columns of their own: by status, limits, hours, hand-overs, single requests."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.reports import breakdown, handovers, limits, load, paths, remarkable, split
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.shapes import Behind, Block, Linked, linked


def by_status(tickets: Tickets, period: Period) -> Block:
    """Return what became of the requests registered in the period."""
    rows: list[list[Linked]] = [
        [(str(status.label), None), (count, Behind(f"status_{status.value}"))]
        for status, count in breakdown.by_status(tickets, period)
    ]
    rows.append([(_("Total"), None), (sum(row[1][0] for row in rows), Behind("registered"))])
    definition = _("Requests registered in the period, by the status they had when it ended.")
    return linked(
        "by_status", _("By status"), definition, [(_("Status"), ""), (_("Requests"), "requests")], rows, has_total=True
    )


def kept_limits(tickets: Tickets, period: Period) -> Block:
    """Return how many of the requests registered kept each of the two limits."""
    columns = [(_("Limit"), ""), *((str(label), "requests") for label, _definition in limits.OUTCOMES.values())]
    definition = _("Requests registered in the period, by how they stood to the limit at its end.")
    return linked("limits", _("Limits"), definition, columns, [
        [(str(row.kind.label), None),
         *((getattr(row, name), Behind(f"{row.kind.value}_{name}")) for name in limits.OUTCOMES)]
        for row in limits.kept(tickets, period)
    ])  # fmt: skip


def hours(tickets: Tickets, period: Period) -> Block:
    """Return at which hours of which days requests came in, with the sums of days and hours."""
    columns = [(_("Day of the week"), ""), *((str(hour), "requests") for hour in range(24)), (_("Total"), "requests")]
    grid = load.by_hour(tickets, period)
    rows: list[list[Linked]] = [
        [(str(WEEKDAYS[day]), None), *((count, Behind(f"hour_{day}_{hour}")) for hour, count in enumerate(counts)),
         (sum(counts), Behind(f"weekday_{day}"))]
        for day, counts in enumerate(grid)
    ]  # fmt: skip
    sums = [sum(counts) for counts in zip(*grid, strict=True)]
    rows.append([(_("Total"), None), *((count, Behind(f"clock_{hour}")) for hour, count in enumerate(sums)),
                 (sum(sums), Behind("registered"))])  # fmt: skip
    definition = _(
        "Requests registered in the period, by the day of the week and the hour of their registration, by your clock."
    )
    return linked("load", _("Hours of the week"), definition, columns, rows, has_total=True)


def turns(tickets: Tickets, period: Period) -> Block:
    """Return whose turn it was while the requests done in the period were open, for each line and for all."""
    labels = (_("Support worked"), _("The requester was waited for"), _("The review was waited for"))
    columns = [(_("Line"), ""), (pgettext("figure", "Done"), "requests")]
    columns += [(label, "hours") for label in labels]
    columns += [(_("%(what)s, %%") % {"what": label}, "share") for label in labels]
    rows: list[list[Linked]] = []
    for row in [*split.by_line(tickets, period), split.whole(tickets, period, _("Total"))]:
        parts = (row.worked, row.waited, row.reviewed)
        means, shares = [row.mean(part) for part in parts], [row.share(part) for part in parts]
        narrowed = {} if row.key is None else {"line": row.key}
        opens = Behind("done", narrowed)
        rows.append([
            (row.name, Behind("", narrowed) if narrowed else None), (row.done, opens),
            *((None if mean is None else round(mean / 3600, 2), opens) for mean in means),
            *((None if share is None else round(share, 1), opens) for share in shares),
        ])  # fmt: skip
    definition = _("Requests done in the period: hours of each from registration to closing, on average, and their shares, by the clock"
                   " on the wall; support works while a request is new, in work or for rework.")  # fmt: skip
    return linked("turns", _("Whose turn it was"), definition, columns, rows)


def travelled(tickets: Tickets, period: Period) -> Block:
    """Return the paths through the statuses that most of the requests done in the period went."""
    columns = [(_("Path"), ""), (_("Requests"), "requests"), (_("Share, %"), "share")]
    rows: list[list[Linked]] = [
        [(" → ".join(str(status.label) for status in variant.statuses), None),
         (variant.count, Behind(f"path_{variant.path}")), (round(variant.share, 1), None)]
        for variant in paths.variants(tickets, period)[: paths.SHOWN]
    ]  # fmt: skip
    definition = _("Requests done in the period, by the statuses they went through; the ten paths most travelled.")
    return linked("paths", _("Paths through the statuses"), definition, columns, rows)


def steps(tickets: Tickets, period: Period) -> Block:
    """Return the steps between statuses that were made in the period."""
    columns = [
        (_("From status"), ""),
        (_("To status"), ""),
        (_("Times"), "times"),
        (_("Median time before"), "hours"),
    ]
    rows: list[list[Linked]] = [
        [(str(arrow.source.label), None), (str(arrow.target.label), None), (arrow.count, Behind(arrow.name)),
         (round(arrow.median / 3600, 2), Behind(arrow.name))]
        for arrow in paths.arrows(tickets, period)
    ]  # fmt: skip
    definition = _("Steps from status to status made in the period, and the median of the time spent in the status before, by the clock on"
                   " the wall.")  # fmt: skip
    return linked("steps", _("Steps between statuses"), definition, columns, rows)


def between_lines(tickets: Tickets, period: Period) -> Block:
    """Return which line handed over to which."""
    columns = [
        (_("From line"), ""),
        (_("To line"), ""),
        (_("Hand-overs"), "times"),
        (_("Came back"), "times"),
        (_("Requests"), "requests"),
    ]
    definition = _(
        "Requests handed over from line to line in the period; “came back” counts the moves to a line the request had left before."
    )
    rows: list[list[Linked]] = []
    for flow in handovers.flows(tickets, period):
        moved, back = (Behind(f"{name}_{flow.source}_{flow.target}") for name in ("flow", "back"))
        rows.append([(flow.source_name, None), (flow.target_name, None), (flow.moves, moved), (flow.back, back),
                     (len(flow.tickets), moved)])  # fmt: skip
    return linked("handovers", _("Between lines"), definition, columns, rows)


def oldest(tickets: Tickets) -> Block:
    """Return the requests that have been open longest."""
    columns = [
        (_("Number"), "request"),
        *((header, "") for header in (_("Subject"), _("Status"), _("Line"), _("Assignee"), _("Date"))),
    ]
    rows: list[list[Linked]] = [
        [(ticket.pk, None), (ticket.subject, None), (ticket.get_status_display(), None), (str(ticket.line), None),
         (str(ticket.assignee or ""), None), (localtime(ticket.created_at).date(), None)]
        for ticket in remarkable.oldest(tickets)
    ]  # fmt: skip
    definition = _("The ten requests open at this moment that were registered first, whatever the period.")
    return linked("oldest", _("Oldest open requests"), definition, columns, rows)


def remarks(tickets: Tickets, period: Period) -> Block:
    """Return the ratings that came with words."""
    columns = [(_("Number"), "request"), (_("Rating"), ""), (_("Comment"), ""), (_("Assignee"), ""), (_("Date"), "")]
    rows: list[list[Linked]] = [
        [(given.ticket_id, None), (given.value, None), (given.comment, None), (str(given.assignee or ""), None),
         (localtime(given.created_at).date(), None)]
        for given in remarkable.remarks(tickets, period)
    ]  # fmt: skip
    definition = _("Ten ratings given in the period that have a comment, the worst first.")
    return linked("remarks", _("Ratings with words"), definition, columns, rows)
