"""Tells the stays and closings of the tickets that are there already, from their history, some thousand at a time."""

from django.db import migrations
from django.db.models import Case, Func, IntegerField, Min, OuterRef, Subquery, Value, When
from django.db.models.functions import Greatest

from helpdesk.models.retelling import tell

BATCH = 2000


def fill(apps, schema_editor):
    def get_model(name):
        return apps.get_model('helpdesk', name)

    ticket, last = get_model('Ticket'), 0
    while ids := list(ticket.objects.filter(pk__gt=last).order_by('pk').values_list('pk', flat=True)[:BATCH]):
        stays, closings = tell(get_model, ids)
        get_model('Stay').objects.bulk_create(stays, batch_size=BATCH)
        get_model('Closing').objects.bulk_create(closings, batch_size=BATCH)
        _remember(get_model, ids)
        last = ids[-1]


class _Seconds(Func):
    """The whole second of a moment, as a number."""

    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template="CAST(strftime('%%s', %(expressions)s) AS INTEGER)", **more)

    def as_postgresql(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template='FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::integer', **more)


def _remember(get_model, ids):
    """Fill in when the tickets were first late, and after how many seconds they were taken."""
    breached = get_model('TicketClock').objects.filter(
        ticket=OuterRef('pk'), kind__in=['reaction', 'execution'], breached_at__isnull=False
    )
    first = breached.order_by().values('ticket').annotate(first=Min('breached_at')).values('first')
    taken = Greatest(_Seconds('taken_at') - _Seconds('created_at'), Value(0))
    get_model('Ticket').objects.filter(pk__in=ids).update(
        late_at=Subquery(first), reaction=Case(When(taken_at__isnull=False, then=taken))
    )


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0024_stays'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
