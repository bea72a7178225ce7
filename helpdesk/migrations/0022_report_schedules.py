import django.core.validators
import django.db.models.deletion
import helpdesk.moment
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0021_erased_people'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('registered', 'New request on a line'), ('assigned', 'Request assigned'), ('transferred', 'Request handed over to a line'), ('message', 'Message addressed to a person'), ('question', 'Question to the requester'), ('submitted', 'Result to judge'), ('returned', 'Returned for rework'), ('closed', 'Request closed'), ('reopened', 'Request reopened'), ('due_soon', 'Deadline comes near'), ('overdue', 'Deadline missed'), ('requester_reminder', 'Support waits for the requester'), ('digest', 'Daily digest of a line'), ('report', 'Report by mail'), ('password', 'New password asked for'), ('invitation', 'Account made for a person'), ('factor_set_up', 'Second factor set up'), ('factor_removed', 'Second factor removed'), ('factor_reset', 'Second factor taken away'), ('recovery_used', 'Recovery code used'), ('approved', 'Account approved'), ('approval', 'Sign-up to approve')], max_length=20, verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('registered', 'New request on a line'), ('assigned', 'Request assigned'), ('transferred', 'Request handed over to a line'), ('message', 'Message addressed to a person'), ('question', 'Question to the requester'), ('submitted', 'Result to judge'), ('returned', 'Returned for rework'), ('closed', 'Request closed'), ('reopened', 'Request reopened'), ('due_soon', 'Deadline comes near'), ('overdue', 'Deadline missed'), ('requester_reminder', 'Support waits for the requester'), ('digest', 'Daily digest of a line'), ('report', 'Report by mail')], max_length=20, verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='noticechoice',
            name='kind',
            field=models.CharField(choices=[('registered', 'New request on a line'), ('assigned', 'Request assigned'), ('transferred', 'Request handed over to a line'), ('message', 'Message addressed to a person'), ('question', 'Question to the requester'), ('submitted', 'Result to judge'), ('returned', 'Returned for rework'), ('closed', 'Request closed'), ('reopened', 'Request reopened'), ('due_soon', 'Deadline comes near'), ('overdue', 'Deadline missed'), ('requester_reminder', 'Support waits for the requester'), ('digest', 'Daily digest of a line'), ('report', 'Report by mail')], max_length=20, verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='noticerule',
            name='kind',
            field=models.CharField(choices=[('registered', 'New request on a line'), ('assigned', 'Request assigned'), ('transferred', 'Request handed over to a line'), ('message', 'Message addressed to a person'), ('question', 'Question to the requester'), ('submitted', 'Result to judge'), ('returned', 'Returned for rework'), ('closed', 'Request closed'), ('reopened', 'Request reopened'), ('due_soon', 'Deadline comes near'), ('overdue', 'Deadline missed'), ('requester_reminder', 'Support waits for the requester'), ('digest', 'Daily digest of a line'), ('report', 'Report by mail')], max_length=20, verbose_name='event'),
        ),
        migrations.CreateModel(
            name='HistoricalReportSchedule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('every', models.CharField(choices=[('week', 'Every week'), ('month', 'Every month')], default='week', max_length=5, verbose_name='how often')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, help_text='For a report of every week.', verbose_name='day of the week')),
                ('day', models.PositiveSmallIntegerField(default=1, help_text='For a report of every month; in a shorter month its last day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month')),
                ('hour', models.PositiveSmallIntegerField(choices=[(0, '0:00'), (1, '1:00'), (2, '2:00'), (3, '3:00'), (4, '4:00'), (5, '5:00'), (6, '6:00'), (7, '7:00'), (8, '8:00'), (9, '9:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=8, help_text='By the clock of the desk.', verbose_name='hour')),
                ('priority', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Critical'), (2, 'High'), (3, 'Normal'), (4, 'Low')], null=True, verbose_name='priority')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='helpdesk.supportline', verbose_name='line')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('service', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='helpdesk.service', verbose_name='service')),
                ('work_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='helpdesk.worktype', verbose_name='kind of work')),
            ],
            options={
                'verbose_name': 'history of the report by mail',
                'verbose_name_plural': 'history of the report by mail',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReportSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('every', models.CharField(choices=[('week', 'Every week'), ('month', 'Every month')], default='week', max_length=5, verbose_name='how often')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, help_text='For a report of every week.', verbose_name='day of the week')),
                ('day', models.PositiveSmallIntegerField(default=1, help_text='For a report of every month; in a shorter month its last day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month')),
                ('hour', models.PositiveSmallIntegerField(choices=[(0, '0:00'), (1, '1:00'), (2, '2:00'), (3, '3:00'), (4, '4:00'), (5, '5:00'), (6, '6:00'), (7, '7:00'), (8, '8:00'), (9, '9:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=8, help_text='By the clock of the desk.', verbose_name='hour')),
                ('priority', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Critical'), (2, 'High'), (3, 'Normal'), (4, 'Low')], null=True, verbose_name='priority')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('starts_at', models.DateTimeField(default=helpdesk.moment.now, editable=False, verbose_name='not sent before')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='helpdesk.supportline', verbose_name='line')),
                ('owner', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('recipients', models.ManyToManyField(help_text='Each gets what he may see himself, in his language.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recipients')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='helpdesk.service', verbose_name='service')),
                ('work_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='helpdesk.worktype', verbose_name='kind of work')),
            ],
            options={
                'verbose_name': 'report by mail',
                'verbose_name_plural': 'reports by mail',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalReportSchedule_recipients',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='helpdesk.historicalreportschedule')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reportschedule', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='helpdesk.reportschedule')),
            ],
            options={
                'verbose_name': 'HistoricalReportSchedule_recipients',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReportSending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('made_at', models.DateTimeField(default=helpdesk.moment.now, verbose_name='written at')),
                ('skipped', models.JSONField(default=list, verbose_name='left out')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('schedule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sendings', to='helpdesk.reportschedule')),
            ],
            options={
                'verbose_name': 'sending of a report',
                'verbose_name_plural': 'sendings of reports',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='letter',
            name='report',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='helpdesk.reportsending'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('report', 'person'), name='letter_of_report_once'),
        ),
        migrations.AddIndex(
            model_name='reportsending',
            index=models.Index(fields=['schedule', '-id'], name='report_sending_log'),
        ),
        migrations.AddConstraint(
            model_name='reportsending',
            constraint=models.UniqueConstraint(condition=models.Q(('asked_by', None)), fields=('schedule', 'first', 'last'), name='report_sending_once'),
        ),
    ]
