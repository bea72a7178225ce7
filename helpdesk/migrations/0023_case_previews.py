from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0022_report_schedules'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='caseimport',
            name='case_import_unfinished',
        ),
        migrations.AddField(
            model_name='caseimport',
            name='preview',
            field=models.JSONField(default=dict, verbose_name='what it would do'),
        ),
        migrations.AddField(
            model_name='caseremark',
            name='of_reading',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='caseimport',
            name='state',
            field=models.CharField(choices=[('mapping', 'Columns are to be named'), ('looking', 'Being looked at'), ('waiting', 'Waiting for its turn'), ('running', 'Being brought in'), ('done', 'Brought in'), ('failed', 'Not brought in')], default='mapping', max_length=10, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='caseimport',
            index=models.Index(condition=models.Q(('state__in', ['looking', 'waiting', 'running'])), fields=['id'], name='case_import_unfinished'),
        ),
    ]
