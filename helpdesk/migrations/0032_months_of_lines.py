"""Months are kept of each line as well. What is kept of the desk alone would say that no line had any requests: it goes."""

import django.db.models.deletion
from django.db import migrations, models


def forget(apps, schema_editor):
    """Let go of every month; the worker adds them up again."""
    apps.get_model('helpdesk', 'MonthFigures').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0031_indexes_of_narrowed_lists'),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='monthfigures',
            name='month_figures_unique',
        ),
        migrations.AddField(
            model_name='monthfigures',
            name='line',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='helpdesk.supportline'),
        ),
        migrations.AddConstraint(
            model_name='monthfigures',
            constraint=models.UniqueConstraint(fields=('month', 'part', 'line'), name='month_figures_of_line'),
        ),
        migrations.AddConstraint(
            model_name='monthfigures',
            constraint=models.UniqueConstraint(condition=models.Q(('line__isnull', True)), fields=('month', 'part'), name='month_figures_of_desk'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
    ]
