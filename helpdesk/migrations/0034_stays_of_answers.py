"""Tells the stays of tickets anew whose requester has answered a question: his answer took up the work and was not written there."""

from django.db import migrations

from helpdesk.models.retelling import tell

BATCH = 2000


def mend(apps, schema_editor):
    def get_model(name):
        return apps.get_model('helpdesk', name)

    answered = get_model('HistoricalTicket').objects.filter(last_action='resume').order_by('id').values_list('id', flat=True)
    last = 0
    while ids := list(answered.filter(id__gt=last).distinct()[:BATCH]):
        stays, closings = tell(get_model, ids)
        for name, rows in (('Stay', stays), ('Closing', closings)):
            get_model(name).objects.filter(ticket__in=ids).delete()
            get_model(name).objects.bulk_create(rows, batch_size=BATCH)
        last = ids[-1]
    get_model('MonthFigures').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0033_words_of_entries'),
    ]

    operations = [
        migrations.RunPython(mend, migrations.RunPython.noop),
    ]
