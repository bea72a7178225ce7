"""Makes the indexes of stays and closings once they are filled."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0025_stays_of_history'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['created_at', 'line', 'service', 'work_type', 'assignee', 'corrected', 'priority', 'late_at', 'reaction'], name='ticket_figures'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(fields=['kind', 'started_at', 'state', 'breached_at', 'met_at'], name='clock_outcome'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['status', 'at', 'line', 'service', 'work_type', 'assignee', 'corrected', 'priority', 'again_at', 'rating', 'execution', 'worked', 'waited', 'reviewed', 'returned'], name='closing_figures'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['at', 'path'], name='closing_path'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(condition=models.Q(('undone_at__isnull', False)), fields=['undone_at'], name='closing_undone'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('status__in', ('new', 'in_work', 'waiting', 'on_review', 'rework'))), fields=['since', 'until', 'status', 'assignee', 'line', 'ticket'], name='stay_open'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('status__in', ('new', 'in_work', 'waiting', 'on_review', 'rework')), ('until__isnull', True)), fields=['since'], name='stay_lasting'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('is_long', True)), fields=['until'], name='stay_long'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('spent__isnull', False)), fields=['came_from', 'status', 'since', 'spent'], name='stay_arrow'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('left_line__isnull', False)), fields=['since', 'left_line', 'line'], name='stay_moved'),
        ),
    ]
